// SPDX-License-Identifier: Apache-2.0
// A table that is drawn again and again: each item keeps its row, so that focus, selection and tooltips last.
import {make, setAttribute, setText, setTitle} from "./dom.js";
import {state} from "./state.js";

// A column of a table is an object with these members:
//   title    the head of the column
//   name     identifies it, and is the name of the sort order
//   up       whether that order ascends when it is not reversed
//   plain    there is no such order
//   kind     CSS classes of its cells
//   text     the function that gives a cell's text: text(item, answer)
//   fill     in place of text, the function that fills a cell: fill(cell, item, answer, row)
//   details  the function that gives the tooltip of a cell, or empty

// On a narrow screen CSS shows rows as cards. Browsers then forget that this is a table, unless roles say so.
const ROLES = {table: "table", thead: "rowgroup", tbody: "rowgroup", tr: "row", th: "columnheader", td: "cell"};
const part = (tag, attributes, ...children) => make(tag, {...attributes, role: ROLES[tag]}, ...children);

export class LiveTable {
  // keyOf(item) identifies an item in all answers; classOf(item) gives the CSS classes of its row. sortBy(column) is
  // called when the user wants another order. onMark(item) is called when the pointer or the focus enters a row, and with
  // null when it leaves it.
  constructor(root, {label, columns, keyOf, classOf = () => "", sortBy, onMark = null}) {
    this.columns = columns;
    this.keyOf = keyOf;
    this.classOf = classOf;
    this.onMark = onMark;
    this.rows = new Map();  // from key to row
    this.round = 0;
    this.heads = columns.map((column) => {
      const head = part("th", {class: column.kind || "", scope: "col"});
      head.dataset.column = column.name;
      if (!column.plain) {
        const button = head.appendChild(make("button", {type: "button"}, column.title));
        button.addEventListener("click", () => sortBy(column));
      } else {
        head.append(make("span", {}, column.title));
      }
      return head;
    });
    this.body = part("tbody", {});
    // The columns of the names are hidden until a name is known.
    const head = part("thead", {}, part("tr", {}, ...this.heads));
    this.table = part("table", {"aria-label": label, class: "nameless"}, head, this.body);
    root.append(make("div", {class: "scroll"}, this.table));
  }

  // Shows which column gives the order.
  drawOrder(sort) {
    this.columns.forEach((column, i) => {
      if (column.plain) return;
      const ascends = Boolean(column.up) !== state.reverse;
      if (column.name === sort) this.heads[i].setAttribute("aria-sort", ascends ? "ascending" : "descending");
      else this.heads[i].removeAttribute("aria-sort");
    });
  }

  draw(items, answer) {
    ++this.round;
    let place = this.body.firstElementChild;
    for (const item of items) {
      const key = this.keyOf(item);
      let row = this.rows.get(key);
      if (!row) this.rows.set(key, row = this.newRow());
      row.round = this.round;
      row.item = item;
      setAttribute(row.element, "class", this.classOf(item));
      this.columns.forEach((column, i) => {
        const cell = row.cells[i];
        if (column.fill) column.fill(cell, item, answer, row);
        else setText(cell, column.text(item, answer));
        if (column.details) setTitle(cell, column.details(item));
        if (column.kind === "name" && cell.textContent) this.table.classList.remove("nameless");
      });
      if (row.element === place) place = place.nextElementSibling;
      else this.body.insertBefore(row.element, place);
    }
    for (const [key, row] of this.rows) {
      if (row.round === this.round) continue;
      row.element.remove();
      this.rows.delete(key);
    }
  }

  newRow() {
    const element = part("tr", {});
    const cells = this.columns.map((column) => {
      const cell = element.appendChild(part("td", {class: column.kind || ""}));
      cell.dataset.column = column.name;
      cell.dataset.title = column.title;
      return cell;
    });
    const row = {element, cells, item: null, round: this.round};
    if (this.onMark) {
      for (const event of ["pointerenter", "focusin"]) element.addEventListener(event, () => this.onMark(row.item));
      for (const event of ["pointerleave", "focusout"]) element.addEventListener(event, () => this.onMark(null));
    }
    return row;
  }
}

// A bar behind a row: this share of its width.
export function drawBar({element}, share) {
  const width = (100 * Math.min(1, share || 0)).toFixed(1) + "%";
  if (element.style.getPropertyValue("--share") !== width) element.style.setProperty("--share", width);
}
