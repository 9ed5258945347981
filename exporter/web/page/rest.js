// SPDX-License-Identifier: Apache-2.0
// What the tables of services and edges do not list.
import {failed, speed} from "./account.js";
import {make, setText} from "./dom.js";
import {count, rate} from "./format.js";
import {state} from "./state.js";

// Edges that are asked for: all, because their number is bounded by --metrics.edges.
export const MOST_EDGES = 10000;

// A line below a table: the connections whose edges have no series.
export class RestNote {
  constructor(root) {
    this.line = root.appendChild(make("p", {class: "rest"}));
  }

  draw({other}) {
    const isSilent = other.connections === 0 && speed(other) === 0;
    setText(this.line, isSilent ? "" : `Not listed, because their edges have no series (--metrics.edges): ` +
      `${count(other.connections, "open connection")}, ${rate(speed(other))}, ${failed(other)} failed.`);
  }
}

// Returns null if rows are shown. Otherwise it returns the reason, or an empty text if no connection is known.
export function nothingShown(shown, all, answer, one) {
  if (shown.length > 0) return null;
  if (all.length > 0) return `None of the ${count(all.length, one)} matches the filter “${state.filter}”.`;
  if (answer.totals.connections > 0) return "Connections are open, but none of their edges has series (--metrics.edges).";
  return "";
}
