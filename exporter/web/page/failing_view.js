// SPDX-License-Identifier: Apache-2.0
// The tab of what fails: edges on which connections were refused, got no answer or are stalled.
import {COLUMNS, failed} from "./account.js";
import {setAttribute, setText} from "./dom.js";
import {clientText, edgeKey, endFacts, endName, endpoint, linkClient, linkEndpoint} from "./ends.js";
import {percent} from "./format.js";
import {filtered, ordered} from "./order.js";
import {serviceAddress} from "./services_view.js";
import {LiveTable} from "./table.js";
import {MOST_EDGES, RestNote, nothingShown} from "./rest.js";

const NAMES = [["client", "Client name"], ["server", "Server name"]].map(([end, title]) => ({title, name: end + "_name",
  up: true, kind: "name", value: (edge) => endName(edge[end]), text: (edge) => endName(edge[end]),
  details: (edge) => endFacts(edge[end])}));

const counter = (title, name, member) => ({title, name, kind: "number", value: (edge) => edge[member],
  text: (edge) => String(edge[member])});

const share = (edge) => edge.connections_opened ? failed(edge) / edge.connections_opened : null;

// Whether it fails now, and since the edge has series.
const since = {title: "Fails", name: "failures", kind: "state", value: COLUMNS.failed.value,
  fill: (cell, edge) => {
    setText(cell, edge.failsNow ? "now" : "earlier");
    setAttribute(cell, "class", "state" + (edge.failsNow ? " trouble" : ""));
  }};

export class FailingView {
  title = "Failing";
  sort = "failures";
  findsWords = true;

  constructor(root, sortBy) {
    this.columns = [
      {title: "Client", name: "client", up: true, kind: "end", value: ({client}) => clientText(client),
        fill: (cell, {client}) => linkClient(cell, client)},
      NAMES[0],
      {title: "Server", name: "server", up: true, kind: "end", value: ({server}) => endpoint(server),
        fill: (cell, {server}) => linkEndpoint(cell, server, serviceAddress(server))},
      NAMES[1],
      since,
      counter("Refused", "refused", "connections_refused"),
      counter("No answer", "timed_out", "connections_timed_out"),
      counter("Stalled", "stalled", "connections_stalled"),
      {title: "Of attempts", name: "share", kind: "number", value: share, text: (edge) => percent(share(edge)),
        details: (edge) => `${failed(edge)} of ${edge.connections_opened}`},
      COLUMNS.loss, COLUMNS.open,
    ];
    this.table = new LiveTable(root, {label: "Failing edges", columns: this.columns, sortBy,
      keyOf: edgeKey,
      classOf: (edge) => edge.failsNow ? "" : "past"});
    this.rest = new RestNote(root);
  }

  request() {
    return ["edges", {limit: MOST_EDGES}];
  }

  draw(answer, sort) {
    const failing = answer.edges.filter((edge) => failed(edge) > 0 || edge.connections_stalled > 0);
    const shown = filtered(failing, edgeKey);
    this.table.draw(ordered(shown, this.columns, sort), answer);
    this.rest.draw(answer);
    if (failing.length === 0 && answer.edges.length > 0) {
      return "Nothing fails: no connection was refused, got no answer or is stalled.";
    }
    return nothingShown(shown, failing, answer, "failing edge");
  }
}
