// SPDX-License-Identifier: Apache-2.0
// The page of one service: its last ten minutes, and its clients.
import {COLUMNS, addUp} from "./account.js";
import {TimeChart} from "./chart.js";
import {make, setText} from "./dom.js";
import {clientText, edgeKey, endFacts, endName, endpoint, linkClient, serviceFilter} from "./ends.js";
import {delay, percent, perSecond, rate, rateUnit} from "./format.js";
import {History} from "./history.js";
import {ordered} from "./order.js";
import {quantilesOfEdges, quantilesOfHistory} from "./quantiles.js";
import {MOST_EDGES} from "./rest.js";
import {fragment, state} from "./state.js";
import {LiveTable} from "./table.js";

// Seconds over which a point of loss and of response times sums up.
const WINDOW = 10;

const meanOf = (sum, count) => count ? sum / count : null;
const failures = (sum) => (sum.connections_refused || 0) + (sum.connections_timed_out || 0);
const lossOf = (sum) => meanOf(sum.retransmitted_segments, sum.segments);

// The numbers above the charts. now: of the edges; past: of the history; quantiles: of its response times.
const FACTS = [
  {title: "Clients", text: ({edges}) => String(edges.length), details: "edges that have series"},
  {title: "Open", text: ({now}) => String(now.connections), details: "connections"},
  {title: "Failed", text: ({past}) => `${failures(past)} of ${past.connections_opened || 0}`,
    details: "attempts to connect in the last ten minutes that were refused or got no answer"},
  {title: "Loss", text: ({past}) => percent(lossOf(past)),
    details: "share of segments that were sent again in the last ten minutes"},
  {title: "Mean response",
    text: ({past, now}) => delay(meanOf(past.response_seconds_sum, past.responses) ?? now.response_seconds),
    details: "in the last ten minutes, or else since the edges have series"},
  ...["p50", "p95", "p99"].map((name) => ({title: name, text: ({quantiles}) => delay(quantiles[name]),
    details: "of the response times in the last ten minutes, or else of those since the edges have series"})),
  {title: "RTT", text: ({past, now}) =>
    delay(meanOf(past.handshake_rtt_seconds_sum, past.handshake_rtts) ?? now.handshake_rtt_seconds),
    details: "mean of the handshakes in the last ten minutes, or else of those since the edges have series"},
];

// How the page draws a service's history. window: the seconds over which a point sums up; values: from the sums of these
// counts, their length and the buckets of response times, to a value for each line.
const CHARTS = [
  {title: "Rates", lines: [{name: "up", style: "up"}, {name: "down", style: "down"}], format: rate, unit: rateUnit,
    least: 1000, window: 2,
    values: (sum, length) => [sum.client_payload_bytes / length, sum.server_payload_bytes / length]},
  {title: "Attempts", lines: [{name: "opened", style: "down"}, {name: "failed", style: "bad"}], format: perSecond,
    least: 1, window: 5,
    values: (sum, length) => [sum.connections_opened / length, failures(sum) / length]},
  {title: "Loss", lines: [{name: "sent again", style: "bad"}], format: percent, unit: () => 0.01,
    least: 0.01, window: WINDOW,
    values: (sum) => [lossOf(sum)]},
  {title: "Response time", format: delay, unit: () => 0.001, least: 0.001, window: WINDOW,
    lines: [{name: "mean", style: "down"}, {name: "p50", style: "p50"}, {name: "p95", style: "p95"},
      {name: "p99", style: "p99"}],
    values: (sum, _, buckets) => {
      const quantiles = quantilesOfHistory(buckets) || {};
      return [meanOf(sum.response_seconds_sum, sum.responses),
        ...["p50", "p95", "p99"].map((name) => quantiles[name] ?? null)];
    }},
];

export class ServiceView {
  title = "Service";
  sort = "rate";

  constructor(root, sortBy) {
    this.heading = make("h2", {id: "service-name"});
    this.name = make("span", {class: "name"});
    this.connections = make("a", {}, "its connections");
    this.numbers = new Map();
    const facts = make("dl", {class: "facts"}, ...FACTS.map(({title, details}) => {
      const value = make("dd", {});
      this.numbers.set(title, value);
      return make("div", {title: details}, make("dt", {}, title), value);
    }));
    const grid = make("div", {class: "charts"});
    this.charts = CHARTS.map((chart) => new TimeChart(grid, chart));
    this.columns = [
      {title: "Client", name: "client", up: true, kind: "end", value: ({client}) => clientText(client),
        fill: (cell, {client}) => linkClient(cell, client, state.service)},
      {title: "Name", name: "client_name", up: true, kind: "name", value: ({client}) => endName(client),
        text: ({client}) => endName(client), details: ({client}) => endFacts(client)},
      COLUMNS.open, COLUMNS.failed, COLUMNS.up, COLUMNS.down, COLUMNS.speed, COLUMNS.loss, COLUMNS.response, COLUMNS.p95,
      COLUMNS.rtt,
    ];
    root.append(make("p", {class: "service"}, this.heading, this.name, this.connections), facts, grid,
      make("h3", {}, "Clients"));
    this.table = new LiveTable(root, {label: "Clients of the service", columns: this.columns, sortBy,
      keyOf: edgeKey});
  }

  open() {
    if (this.service === state.service) return;
    this.service = state.service;
    setText(this.heading, state.service);
    this.table.draw([], null);
    this.history = new History({server: state.service}, "matching");
  }

  request() {
    return ["edges", {limit: MOST_EDGES}];
  }

  draw(answer, sort) {
    const edges = answer.edges.filter(({server}) => endpoint(server) === state.service);
    const server = edges.length ? edges[0].server : {};
    setText(this.name, endName(server));
    this.name.title = endFacts(server);
    this.connections.href = fragment({view: "connections", filter: serviceFilter(state.service)});
    const {counts, buckets} = this.history.total();
    const facts = {edges, now: addUp(edges), past: counts,
      quantiles: quantilesOfHistory(buckets) || quantilesOfEdges(edges) || {}};
    for (const {title, text} of FACTS) setText(this.numbers.get(title), text(facts));
    this.charts.forEach((chart, i) => {
      const {window, values} = CHARTS[i];
      chart.draw(this.history.points(window, values), this.history.end || answer.time, this.history.span);
    });
    this.table.draw(ordered(edges, this.columns, sort), answer);
    return edges.length > 0 ? null : answer.totals.connections > 0 ? `No client of ${state.service} has an edge now.` : "";
  }
}
