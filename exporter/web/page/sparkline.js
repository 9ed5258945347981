// SPDX-License-Identifier: Apache-2.0
// A small line without axes, in a cell of a table.

const SVG = "http://www.w3.org/2000/svg";
const SAMPLES = 60;

export class Sparkline {
  constructor(cell) {
    this.samples = [];
    const svg = cell.appendChild(document.createElementNS(SVG, "svg"));
    svg.setAttribute("viewBox", `0 0 ${SAMPLES} 100`);
    svg.setAttribute("preserveAspectRatio", "none");
    svg.setAttribute("aria-hidden", "true");
    this.line = svg.appendChild(document.createElementNS(SVG, "path"));
  }

  // Adds a sample at the right edge.
  add(value) {
    this.samples.push(value);
    if (this.samples.length > SAMPLES) this.samples.shift();
    const most = Math.max(1, ...this.samples);
    const left = SAMPLES - this.samples.length;
    this.line.setAttribute("d", d3.line().x((_, i) => left + i).y((sample) => 100 - 96 * sample / most)(this.samples));
  }
}
