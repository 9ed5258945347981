// SPDX-License-Identifier: Apache-2.0
// Why a view shows nothing: what is watched, and what keeps connections from being seen.
import {make, setText} from "./dom.js";
import {count} from "./format.js";

const sum = (counts) => Object.values(counts).reduce((all, one) => all + one, 0);

// What is watched, as a sentence. `status` is the answer of api/v1/status.
function watched(status) {
  const names = status.interfaces.map(({name, up}) => name + (up ? " (up)" : " (down)")).join(", ");
  const tcp = status.interfaces.reduce((all, {packets}) => all + packets.tcp, 0);
  const other = status.interfaces.reduce((all, {packets}) => all + sum(packets), 0) - tcp;
  const since = new Date(status.capture_start_time * 1000).toLocaleString();
  return `${status.flags.read ? "Read" : "Watched"}: ${names || "no interface"}, ` +
    (status.capture_filter ? `with the capture filter “${status.capture_filter}”` : "without a capture filter") +
    `. Seen since ${since}: ${count(tcp, "TCP packet")}, ${other} of other protocols.`;
}

// The reason why no connection is known.
function reason(status) {
  const {interfaces, capture_filter: filter, flags} = status;
  const down = interfaces.filter(({up}) => !up).map(({name}) => name);
  const tcp = interfaces.reduce((all, {packets}) => all + packets.tcp, 0);
  const all = interfaces.reduce((packets, one) => packets + sum(one.packets), 0);
  if (interfaces.length === 0) return "There is no interface to watch.";
  if (down.length === interfaces.length) {
    return `No connection is seen, because ${down.join(", ")} ${down.length === 1 ? "is" : "are"} down.`;
  }
  if (tcp === 0 && filter) return `No TCP packet has passed the capture filter “${filter}” so far.`;
  if (all === 0) return "No packet has come so far.";
  if (tcp === 0) return "Packets have come, but none of TCP.";
  if (flags["new-only"] === "true") return "No connection has begun since the start, and only new ones are shown.";
  return "TCP packets have come, but no connection is open now.";
}

export class EmptyState {
  constructor(root) {
    this.why = make("p", {class: "why"});
    this.what = make("p", {class: "what"});
    this.element = root.appendChild(make("div", {class: "empty", role: "status", hidden: ""}, this.why, this.what));
  }

  hide() {
    this.element.hidden = true;
  }

  // `why` is the reason if connections are known, though the view shows none; otherwise it is empty. `status` is null until
  // it is known.
  show(status, why) {
    this.element.hidden = false;
    setText(this.why, why || (status ? reason(status) : ""));
    setText(this.what, status ? watched(status) : "");
  }
}
