// SPDX-License-Identifier: Apache-2.0
// The agent itself: what it captures, its version and its options.
import {ask} from "./api.js";
import {byId, make, setAttribute, setText} from "./dom.js";
import {count} from "./format.js";

const PERIOD_MS = 5000;

const PATHS = ["api/v1/services", "api/v1/edges", "api/v1/connections", "api/v1/history", "api/v1/status", "-/healthy",
  "-/ready"];

export class About {
  constructor() {
    this.status = null;  // the newest answer of api/v1/status; null before the first
    this.asked = 0;      // when it was asked for, in ms
    this.options = "";   // those that are shown
  }

  // Asks for the status, at once or when the last one is old.
  async update(now) {
    if (!now && performance.now() - this.asked < PERIOD_MS) return;
    this.asked = performance.now();
    this.status = await ask("status");
    this.draw(this.status);
  }

  draw({version, revision, capture_start_time: start, flags}) {
    setText(byId("version"), `Version ${version}, revision ${revision}, capturing since ` +
      new Date(start * 1000).toLocaleString());
    const options = Object.entries(flags).map(([name, value]) => `--${name}=${value}`);
    if (options.join("\n") === this.options) return;
    this.options = options.join("\n");
    byId("flags").replaceChildren(...options.map((option) => make("li", {}, option)));
    const metrics = flags["web.telemetry-path"];
    byId("links").replaceChildren(make("a", {id: "metrics", href: metrics}, metrics),
      ...PATHS.flatMap((path) => [" · ", make("a", {href: path}, path)]));
  }

  // Says whose connections these are, and what keeps some of them from being seen.
  drawAgent(element, agent) {
    const {interfaces} = this.status;
    const dropped = interfaces.reduce((all, one) => all + one.dropped_packets, 0);
    setText(element, `${agent}: ${interfaces.map(({name, up}) => name + (up ? "" : " (down)")).join(", ")}` +
      (dropped ? `, ${count(dropped, "packet")} dropped` : ""));
    setAttribute(element, "class", dropped || interfaces.some(({up}) => !up) ? "trouble" : "");
  }
}
