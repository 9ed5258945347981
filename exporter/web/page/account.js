// SPDX-License-Identifier: Apache-2.0
// What api/v1/services and api/v1/edges tell of a service or an edge, as tables show it. `failsNow` is from failures.js.
import {count, delay, percent, rate} from "./format.js";
import {drawBar} from "./table.js";
import {setAttribute, setText} from "./dom.js";

export const up = ({recent}) => recent ? recent.client_payload_bytes_per_second : 0;
export const down = ({recent}) => recent ? recent.server_payload_bytes_per_second : 0;
export const speed = (account) => up(account) + down(account);
export const failed = (account) => account.connections_refused + account.connections_timed_out;
export const loss = (account) => account.segments ? account.retransmitted_segments / account.segments : null;
export const quantile = (account, name) => (account.response_quantiles_seconds || {})[name];

// Adds up the accounts of some edges. Means are weighted; quantiles are left out, because they cannot be added up.
export function addUp(accounts) {
  const sum = {recent: {client_payload_bytes_per_second: 0, server_payload_bytes_per_second: 0,
    connections_failed_per_second: 0}};
  const COUNTS = ["connections", "connections_stalled", "connections_opened", "connections_refused",
    "connections_timed_out", "segments", "retransmitted_segments", "responses", "handshake_rtts"];
  for (const name of COUNTS) sum[name] = d3.sum(accounts, (account) => account[name]);
  for (const name of Object.keys(sum.recent)) {
    sum.recent[name] = d3.sum(accounts, ({recent}) => recent ? recent[name] : 0);
  }
  sum.failsNow = accounts.some(({failsNow}) => failsNow);
  const mean = (times, value) => sum[times]
    ? d3.sum(accounts, (account) => account[times] * (account[value] || 0)) / sum[times] : null;
  sum.response_seconds = mean("responses", "response_seconds");
  sum.handshake_rtt_seconds = mean("handshake_rtts", "handshake_rtt_seconds");
  return sum;
}

function describeFailures(account) {
  return `${count(account.connections_opened, "attempt")}: ${account.connections_refused} refused, ` +
    `${account.connections_timed_out} without an answer\n${count(account.connections_stalled, "connection")} stalled`;
}

function drawFailures(cell, account) {
  setText(cell, String(failed(account)));
  setAttribute(cell, "class", "number" + (account.failsNow ? " trouble" : ""));
}

function drawSpeed(cell, account, answer, row) {
  setText(cell, rate(speed(account)));
  drawBar(row, speed(account) / (speed(answer.totals) || 1));
}

// Columns of tables, with `value`: what their order compares.
export const COLUMNS = {
  open: {title: "Open", name: "connections", kind: "number", value: (it) => it.connections,
    text: (it) => String(it.connections)},
  failed: {title: "Failed", name: "failures", kind: "number", fill: drawFailures, details: describeFailures,
    value: (it) => [it.failsNow ? 1 : 0, it.connections_stalled + failed(it)]},
  up: {title: "Up", name: "up", kind: "number minor", value: up, text: (it) => rate(up(it))},
  down: {title: "Down", name: "down", kind: "number minor", value: down, text: (it) => rate(down(it))},
  speed: {title: "Speed", name: "rate", kind: "number", value: speed, fill: drawSpeed},
  loss: {title: "Loss", name: "loss", kind: "number", value: loss, text: (it) => percent(loss(it)),
    details: (it) => `${it.retransmitted_segments} of ${count(it.segments, "segment")} sent again`},
  response: {title: "Resp", name: "response", kind: "number", value: (it) => it.response_seconds,
    text: (it) => delay(it.response_seconds), details: (it) => `mean of ${count(it.responses, "exchange")}`},
  p95: {title: "p95", name: "p95", kind: "number", value: (it) => quantile(it, "p95"),
    text: (it) => delay(quantile(it, "p95")),
    details: (it) => ["p50", "p95", "p99"].map((name) => `${name} ${delay(quantile(it, name))}`).join("\n")},
  rtt: {title: "RTT", name: "rtt", kind: "number", value: (it) => it.handshake_rtt_seconds,
    text: (it) => delay(it.handshake_rtt_seconds), details: (it) => `mean of ${count(it.handshake_rtts, "handshake")}`},
};
