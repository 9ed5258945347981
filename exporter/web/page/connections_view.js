// SPDX-License-Identifier: Apache-2.0
// The tab of the connections.
import {make, setText} from "./dom.js";
import {endFacts, endName, showEndpoint} from "./ends.js";
import {bytes, count, delay, duration, rate} from "./format.js";
import {Sparkline} from "./sparkline.js";
import {state} from "./state.js";
import {LiveTable} from "./table.js";

const STATES = {
  syn_sent: "SYN_SENT", syn_received: "SYN|ACK-ACK", established: "ESTABLISHED", closing: "CLOSING",
  closed: "CLOSED", reset: "RESET",
};

const sum = (connection, what) => connection["client_" + what] + connection["server_" + what];

const describeLoss = (it) => `segments sent again: ${it.client_retransmitted_segments} by the client, ` +
  `${it.server_retransmitted_segments} by the server`;

function drawHistory(cell, connection, answer, row) {
  row.history = row.history || new Sparkline(cell);
  if (row.sequence === answer.sequence) return;
  row.sequence = answer.sequence;
  row.history.add(sum(connection, "payload_bytes_per_second"));
}

export class ConnectionsView {
  title = "Connections";
  sort = "rate";

  constructor(root, sortBy) {
    this.sums = root.appendChild(make("p", {class: "summary", id: "matching"}));
    this.table = new LiveTable(root, {
      label: "Connections", keyOf: (connection) => connection.id, classOf: (connection) => connection.state, sortBy,
      columns: [
        {title: "Client", name: "client", up: true, kind: "end",
          fill: (cell, connection) => showEndpoint(cell, connection.client)},
        {title: "Client name", name: "client_name", up: true, kind: "name",
          text: ({client}) => endName(client), details: ({client}) => endFacts(client)},
        {title: "Server", name: "server", up: true, kind: "end",
          fill: (cell, connection) => showEndpoint(cell, connection.server)},
        {title: "Server name", name: "server_name", up: true, kind: "name",
          text: ({server}) => endName(server), details: ({server}) => endFacts(server)},
        {title: "State", name: "state", up: true, kind: "state", text: (it) => STATES[it.state] || it.state},
        {title: "Idle", name: "idle", up: true, kind: "number", text: (it) => duration(it.idle_seconds)},
        {title: "Up", name: "up", kind: "number minor", text: (it) => rate(it.client_payload_bytes_per_second)},
        {title: "Down", name: "down", kind: "number minor", text: (it) => rate(it.server_payload_bytes_per_second)},
        {title: "Speed", name: "rate", kind: "number", text: (it) => rate(sum(it, "payload_bytes_per_second"))},
        {title: "Total", name: "bytes", kind: "number", text: (it) => bytes(sum(it, "payload_bytes"))},
        {title: "RTT", name: "rtt", kind: "number", text: (it) => delay(it.min_rtt_seconds),
          details: (it) => `to the server ${delay(it.server_min_rtt_seconds)}\nto the client ` +
            `${delay(it.client_min_rtt_seconds)}\nsmoothed ${delay(it.rtt_seconds)}`},
        {title: "Resp", name: "response", kind: "number", text: (it) => delay(it.response_seconds),
          details: ({responses}) => responses + (responses === 1 ? " exchange" : " exchanges")},
        {title: "Loss", name: "retransmissions", kind: "number",
          text: (it) => String(sum(it, "retransmitted_segments")), details: describeLoss},
        {title: "Age", name: "start", kind: "number", text: (it, answer) => duration(answer.time - it.start_time)},
        {title: "Last minute", name: "history", kind: "history", plain: true, fill: drawHistory},
      ],
    });
  }

  request() {
    return ["connections", {sort: (state.reverse ? "-" : "") + (state.sort || this.sort), limit: state.limit,
      filter: state.filter}];
  }

  draw(answer) {
    const {connections, matching, connections_in_all: all} = answer;
    this.table.draw(connections, answer);
    setText(this.sums, `${connections.length} of ${count(matching.connections, "connection")}` +
      (matching.connections === all ? "" : ` that match, of ${all}`) +
      `: up ${rate(matching.client_payload_bytes_per_second)}, down ${rate(matching.server_payload_bytes_per_second)}`);
    if (connections.length > 0) return null;
    return all > 0 ? `None of the ${count(all, "connection")} matches the filter “${state.filter}”.` : "";
  }
}
