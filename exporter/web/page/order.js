// SPDX-License-Identifier: Apache-2.0
// Orders and filters rows on the page, for tables that the agent does not order and filter.
import {state} from "./state.js";

const parts = (value) => Array.isArray(value) ? value : [value];
const isKnown = (value) => value !== null && value !== undefined && value !== "";

function compare(a, b) {
  if (typeof a === "string") return a.localeCompare(b, "en", {numeric: true});
  return a - b;
}

// Sorts items as the column of this name says: the most first, or ascending if the column is `up`; unknown values last.
export function ordered(items, columns, name) {
  const column = columns.find((one) => one.name === name);
  const direction = Boolean(column.up) !== state.reverse ? 1 : -1;
  const before = (one, other) => {
    const [a, b] = [parts(column.value(one)), parts(column.value(other))];
    for (let i = 0; i < a.length; ++i) {
      if (isKnown(a[i]) !== isKnown(b[i])) return isKnown(a[i]) ? -1 : 1;
      if (!isKnown(a[i])) continue;
      const difference = direction * compare(a[i], b[i]);
      if (difference !== 0) return difference;
    }
    return 0;
  };
  return [...items].sort(before);
}

// Returns the rows whose texts contain every word of the filter. Letter case does not matter.
export function filtered(items, textOf) {
  const words = state.filter.toLowerCase().split(/\s+/).filter((word) => word);
  if (words.length === 0) return items;
  return items.filter((item) => {
    const text = textOf(item).toLowerCase();
    return words.every((word) => text.includes(word));
  });
}
