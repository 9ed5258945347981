// SPDX-License-Identifier: Apache-2.0
// The tab of the map: a picture of who talks to whom, and a table with the same.
import {drawBar, LiveTable} from "./table.js";
import {failed, speed} from "./account.js";
import {make, setLink, setText} from "./dom.js";
import {clientAddress, edgeKey, endFacts} from "./ends.js";
import {count, rate} from "./format.js";
import {TrafficMap, keyOf, portsText} from "./map.js";
import {buildGraph} from "./map_graph.js";
import {filtered, ordered} from "./order.js";
import {serviceAddress} from "./services_view.js";
import {fragment} from "./state.js";
import {MOST_EDGES, RestNote, nothingShown} from "./rest.js";

// A node that serves one port leads to the page of that service, and another one to its connections.
function addressOf({end, ports, id}) {
  if (ports.size === 1) return serviceAddress({address: end.address, port: [...ports][0]});
  return id.startsWith("a ") ? clientAddress(end) : fragment({view: "connections", filter: `workload:${end.workload}`});
}

const COLUMNS = [
  ...[["Client", "client"], ["Server", "server"]].map(([title, name]) => ({title, name, up: true, kind: "end",
    value: (link) => link[name].name,
    fill: (cell, link) => link[name].rest ? setText(cell, link[name].name)
                                          : setLink(cell, link[name].name, addressOf(link[name])),
    details: (link) => link[name].rest ? "" : endFacts(link[name].end)})),
  {title: "Ports", name: "ports", up: true, kind: "ports", value: ({ports}) => Math.min(...ports), text: portsText},
  {title: "Open", name: "connections", kind: "number", value: ({open}) => open, text: ({open}) => String(open)},
  {title: "Failed", name: "failures", kind: "number", value: ({failing}) => failing, text: ({failing}) => String(failing)},
  {title: "Speed", name: "rate", kind: "number", value: (link) => link.rate,
    fill: (cell, link, answer, row) => {
      setText(cell, rate(link.rate));
      drawBar(row, link.rate / (speed(answer.totals) || 1));
    }},
];

export class MapView {
  title = "Map";
  sort = "rate";
  findsWords = true;

  constructor(root, sortBy) {
    const button = (text, label, action) => {
      const element = make("button", {type: "button", "aria-label": label}, text);
      element.addEventListener("click", action);
      return element;
    };
    this.summary = make("p", {class: "summary", id: "map-summary"});
    const area = make("div", {class: "map-area"});
    root.append(make("div", {class: "map-tools"}, this.summary,
      button("+", "Zoom in", () => this.map.zoomBy(1.5)), button("−", "Zoom out", () => this.map.zoomBy(1 / 1.5)),
      button("1:1", "Whole map", () => this.map.resetZoom())), area);
    this.map = new TrafficMap(area, (node) => { if (!node.rest) location.hash = addressOf(node); });
    this.table = new LiveTable(root, {label: "Who talks to whom", columns: COLUMNS, sortBy,
      keyOf, onMark: (link) => this.map.mark(link && [link])});
    this.rest = new RestNote(root);
  }

  request() {
    return ["edges", {limit: MOST_EDGES}];
  }

  draw(answer, sort) {
    const edges = filtered(answer.edges, edgeKey);
    const graph = buildGraph(edges.map((edge) => ({client: edge.client, server: edge.server, rate: speed(edge),
      open: edge.connections, failing: edge.failsNow ? failed(edge) + edge.connections_stalled : 0})));
    this.map.draw(graph);
    this.table.draw(ordered(graph.links, COLUMNS, sort), answer);
    setText(this.summary, `${count(graph.nodes.length, "node")} and ${count(graph.links.length, "link")}. Clients are ` +
      "left of their servers; a dotted link leads back to the left. A link is as wide as its traffic. Where connections " +
      "fail now, it is red and dashed.");
    this.rest.draw(answer);
    return nothingShown(edges, answer.edges, answer, "edge");
  }
}
