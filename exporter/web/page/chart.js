// SPDX-License-Identifier: Apache-2.0
// A chart of values over time, with axes. Its legend tells the values at the pointer, or else the newest. A table below
// tells the same to those who do not see it.
import {make, setText} from "./dom.js";

const HEIGHT = 150;
const MARGIN = {top: 10, right: 20, bottom: 22, left: 66};
const TABLE_ROWS = 10;

const clock = (time) => new Date(time * 1000).toLocaleTimeString([], {hour12: false});

export class TimeChart {
  // lines: an array of {name, style}, where style is a CSS class; format: the function that writes a value; unit: the
  // function that gives the value of one unit of the axis, if the axis goes up to `most`; least: the highest value of the
  // axis at least, so that noise does not fill the chart.
  constructor(root, {title, lines, format, unit = () => 1, least}) {
    Object.assign(this, {lines, format, unit, least});
    this.points = [];
    this.end = 0;
    this.seconds = 0;        // of the axis; 0 before the first draw()
    this.marked = null;  // index of the point at the pointer
    this.legend = lines.map(({name, style}) => {
      const value = make("strong", {});
      return {value, element: make("span", {class: "legend " + style}, name + " ", value)};
    });
    this.when = make("span", {class: "when"});
    this.svg = d3.create("svg").attr("class", "chart").attr("role", "img").attr("tabindex", "0")
      .attr("aria-label", title).attr("height", HEIGHT);
    this.grid = this.svg.append("g").attr("class", "axis grid");
    this.below = this.svg.append("g").attr("class", "axis");
    this.paths = lines.map(({style}) => this.svg.append("path").attr("class", "line " + style));
    this.rule = this.svg.append("line").attr("class", "rule").attr("y1", MARGIN.top).attr("y2", HEIGHT - MARGIN.bottom);
    this.rows = make("tbody", {});
    const heads = lines.map(({name}) => make("th", {scope: "col", class: "number"}, name));
    this.details = make("details", {}, make("summary", {}, "as a table"), make("table", {"aria-label": title},
      make("thead", {}, make("tr", {}, make("th", {scope: "col"}, "Until"), ...heads)), this.rows));
    this.details.addEventListener("toggle", () => this.drawTable());
    this.figure = make("figure", {}, make("figcaption", {}, make("span", {class: "title"}, title),
      ...this.legend.map(({element}) => element), this.when), this.svg.node(), this.details);
    root.append(this.figure);
    this.svg.on("pointermove", () => this.mark(this.indexAt(d3.mouse(this.svg.node())[0])));
    this.svg.on("pointerleave blur", () => this.mark(null));
    this.svg.on("keydown", () => this.step(d3.event));
    new ResizeObserver(() => this.redraw()).observe(this.figure);
  }

  // points: an array of {time, values}, oldest first, with a value for each line, or null. time is in Unix seconds.
  // The axis goes over `seconds` until `end`.
  draw(points, end, seconds) {
    Object.assign(this, {points, end, seconds});
    if (this.marked !== null && this.marked >= points.length) this.marked = null;
    this.redraw();
  }

  redraw() {
    const width = this.figure.clientWidth;
    if (!width || !this.seconds) return;
    this.svg.attr("width", width);
    this.x = d3.scaleTime().domain([(this.end - this.seconds) * 1000, this.end * 1000])
      .range([MARGIN.left, width - MARGIN.right]);
    const most = Math.max(this.least, ...this.points.flatMap(({values}) => values.filter((value) => value !== null)));
    const unit = this.unit(most);
    const scale = d3.scaleLinear().domain([0, most / unit]).nice(3);
    const y = d3.scaleLinear().domain([0, scale.domain()[1] * unit]).range([HEIGHT - MARGIN.bottom, MARGIN.top]);
    const times = this.x.ticks(Math.max(2, Math.floor(width / 110)));
    const areMinutes = times.every((time) => time.getSeconds() === 0);
    this.below.attr("transform", `translate(0,${HEIGHT - MARGIN.bottom})`)
      .call(d3.axisBottom(this.x).tickValues(times).tickSizeOuter(0)
        .tickFormat(d3.timeFormat(areMinutes ? "%H:%M" : "%H:%M:%S")));
    this.grid.attr("transform", `translate(${MARGIN.left},0)`)
      .call(d3.axisLeft(y).tickValues(scale.ticks(3).map((tick) => tick * unit)).tickFormat(this.format)
        .tickSize(MARGIN.left + MARGIN.right - width));
    this.paths.forEach((path, i) => path.attr("d", d3.line().defined(({values}) => values[i] !== null)
      .x(({time}) => this.x(time * 1000)).y(({values}) => y(values[i]))(this.points)));
    this.drawValues();
    this.drawTable();
  }

  drawValues() {
    const isMarked = this.marked !== null;
    const point = this.points[isMarked ? this.marked : this.points.length - 1];
    this.legend.forEach(({value}, i) => setText(value, this.text(point ? point.values[i] : null)));
    setText(this.when, isMarked ? clock(point.time) : "");
    const at = isMarked ? this.x(point.time * 1000) : 0;
    this.rule.attr("x1", at).attr("x2", at).attr("visibility", isMarked ? "visible" : "hidden");
  }

  // A value as text; null or undefined if it is not known.
  text(value) {
    return value === null || value === undefined ? "–" : this.format(value);
  }

  // The mean of each tenth of the time.
  drawTable() {
    if (!this.details.open || !this.seconds) return;
    const step = this.seconds / TABLE_ROWS;
    const rows = d3.range(TABLE_ROWS).map((number) => {
      const until = this.end - number * step;
      const inside = this.points.filter(({time}) => time <= until && time > until - step);
      return [clock(until), ...this.lines.map((_, i) => this.text(d3.mean(inside, ({values}) => values[i])))];
    });
    const cells = ([until, ...values]) => [make("th", {scope: "row"}, until),
      ...values.map((value) => make("td", {class: "number"}, value))];
    this.rows.replaceChildren(...rows.map((row) => make("tr", {}, ...cells(row))));
  }

  indexAt(x) {
    const times = this.points.map(({time}) => this.x(time * 1000));
    const after = d3.bisect(times, x);
    if (after === 0) return times.length ? 0 : null;
    return after < times.length && times[after] - x < x - times[after - 1] ? after : after - 1;
  }

  mark(index) {
    this.marked = index;
    if (this.x) this.drawValues();
  }

  step(event) {
    const last = this.points.length - 1;
    const from = this.marked === null ? last : this.marked;
    const to = {ArrowLeft: from - 1, ArrowRight: from + 1, Home: 0, End: last, Escape: null}[event.key];
    if (to === undefined || last < 0) return;
    event.preventDefault();
    event.stopPropagation();
    this.mark(to === null ? null : Math.max(0, Math.min(last, to)));
  }
}
