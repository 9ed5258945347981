// SPDX-License-Identifier: Apache-2.0
// Draws the graph of map_graph.js.
import {count, rate} from "./format.js";

// Between two nodes of a column. Outer columns have their labels beside the nodes, and others above them.
const OUTER_ROW = 20;
const MIDDLE_ROW = 36;
const LEAST_HEIGHT = 300;
const LEAST_WIDTH = 800;  // a narrower screen scrolls the map
const TOP = 16;
const LETTER = 7;        // the width of a letter, more or less
const RADIUS = {least: 4, most: 11};
const WIDTH = {least: 1, most: 9};
const MOST_PORTS = 3;

// The ports on which a node serves, or to which a link leads.
export function portsText({ports}) {
  const sorted = [...ports].sort((a, b) => a - b);
  const more = sorted.length - MOST_PORTS;
  return sorted.slice(0, MOST_PORTS).map((port) => ":" + port).join(" ") + (more > 0 ? ` +${more}` : "");
}

const describeNode = (node) => `${node.name}${node.ports.size ? ", serves " + portsText(node) : ""}\n${rate(node.rate)}` +
  (node.failing ? `\n${node.failing} failed` : "");

const describeLink = (link) => `${link.client.name} → ${link.server.name} ${portsText(link)}\n${rate(link.rate)}, ` +
  count(link.open, "open connection") + (link.failing ? `, ${link.failing} failed` : "");

export const keyOf = ({client, server}) => client.id + "\n" + server.id;

export class TrafficMap {
  // choose(node) is called when the user clicks a node.
  constructor(root, choose) {
    this.choose = choose;
    this.places = new Map();  // from a node's id to its y, from one drawing to the next
    this.known = "";          // the nodes and links that were placed last
    this.marked = null;       // keys of the links that are not dimmed; null: no link is
    this.svg = d3.select(root).append("svg").attr("class", "map").attr("role", "img")
      .attr("aria-label", "Who talks to whom; the table below says the same");
    this.plane = this.svg.append("g");
    this.linkGroup = this.plane.append("g").attr("fill", "none");
    this.nodeGroup = this.plane.append("g");
    // The wheel scrolls the page, and one finger does too: they zoom only with Ctrl, and with a second finger.
    this.zoom = d3.zoom().scaleExtent([0.5, 8]).on("zoom", () => this.plane.attr("transform", d3.event.transform))
      .filter(() => d3.event.type === "wheel" ? d3.event.ctrlKey
                                              : d3.event.touches ? d3.event.touches.length > 1 : !d3.event.button);
    this.svg.call(this.zoom).style("touch-action", "pan-x pan-y");
    new ResizeObserver(() => { if (this.graph) this.draw(this.graph); }).observe(root);
  }

  zoomBy(factor) {
    this.svg.call(this.zoom.scaleBy, factor);
  }
  resetZoom() {
    this.svg.call(this.zoom.transform, d3.zoomIdentity);
  }

  draw(graph) {
    this.graph = graph;
    const visible = this.svg.node().parentNode.clientWidth;
    if (!visible) return;
    const width = Math.max(LEAST_WIDTH, visible);
    const last = d3.max(graph.nodes, (node) => node.column) || 0;
    const margin = Math.min(190, 0.3 * width);
    const x = d3.scaleLinear().domain([0, last || 1]).range([margin, width - margin]);
    for (const node of graph.nodes) {
      node.x = x(node.column);
      node.side = last > 0 && node.column === 0 ? "left" : node.column === last ? "right" : "above";
      node.room = node.side === "above" ? MIDDLE_ROW : OUTER_ROW;
    }
    const columns = d3.rollup(graph.nodes, (nodes) => d3.sum(nodes, ({room}) => room), (node) => node.column);
    const height = Math.max(LEAST_HEIGHT, (d3.max(columns.values()) || 0) + 2 * TOP);
    this.place(graph, height);
    this.svg.attr("width", width).attr("height", height);
    this.drawLinks(graph);
    this.drawNodes(graph, {beside: Math.floor((margin - 16) / LETTER), above: Math.floor((x(1) - x(0)) / LETTER) - 2});
    this.showMarked();
  }

  // Nodes move up and down in their columns: towards those that they talk to, and away from each other.
  place(graph, height) {
    const known = [height, ...graph.nodes.map(({id}) => id).sort(), ...graph.links.map(keyOf).sort()].join("\n\n");
    const isNew = known !== this.known;
    this.known = known;
    const heaviest = [...graph.nodes].sort((a, b) => b.rate - a.rate);
    for (const [i, node] of heaviest.entries()) {
      // New nodes begin around the middle, the heaviest first, now above and now below.
      const middle = height / 2 + (i % 2 ? 1 : -1) * Math.ceil(i / 2) * OUTER_ROW / 4;
      node.y = this.places.has(node.id) ? this.places.get(node.id) : middle;
      node.fx = node.x;
    }
    if (isNew) {
      d3.forceSimulation(graph.nodes).stop()
        .force("link", d3.forceLink(graph.links.map(({client, server}) => ({source: client, target: server})))
          .strength(0.2).distance(0))
        .force("middle", d3.forceY(height / 2).strength(0.03))
        .force("apart", d3.forceCollide(({room}) => room / 2).strength(1).iterations(4))
        .tick(300);
      this.spread(graph.nodes, height);
    }
    this.places = new Map(graph.nodes.map((node) => [node.id, node.y]));
  }

  // The simulation comes near to what is wanted. This makes sure of it: no two labels overlap, and all are inside.
  spread(nodes, height) {
    for (const column of d3.group(nodes, (node) => node.column).values()) {
      column.sort((a, b) => a.y - b.y);
      let least = TOP;
      let below = d3.sum(column, ({room}) => room);
      for (const node of column) {
        node.y = Math.min(height - TOP - below + node.room / 2, Math.max(least + node.room / 2, node.y));
        least = node.y + node.room / 2;
        below -= node.room;
      }
    }
  }

  drawLinks({links}) {
    const width = d3.scaleSqrt().domain([0, d3.max(links, (link) => link.rate) || 1]).range([WIDTH.least, WIDTH.most]);
    const path = d3.linkHorizontal().x((node) => node.x).y((node) => node.y);
    // A link to the node itself, or to one in the same column, bulges to the right.
    const bulge = ({client, server}) => `M${client.x},${client.y}c60,-30 60,${server.y - client.y + 30} ` +
      `0,${server.y - client.y}`;
    const shown = this.linkGroup.selectAll("path").data(links, keyOf);
    shown.exit().remove();
    const added = shown.enter().append("path");
    added.append("title");
    added.on("mouseenter", (link) => this.mark([link])).on("mouseleave", () => this.mark(null));
    const all = added.merge(shown).attr("class", (link) => "link" + (link.failing ? " failing" : "") +
        (link.client.column > link.server.column ? " back" : ""))
      .attr("stroke-width", (link) => width(link.rate).toFixed(1))
      .attr("d", (link) => link.client.column === link.server.column ? bulge(link)
                                                                     : path({source: link.client, target: link.server}));
    all.select("title").text(describeLink);
  }

  drawNodes({nodes}, letters) {
    const radius = d3.scaleSqrt().domain([0, d3.max(nodes, (node) => node.rate) || 1])
      .range([RADIUS.least, RADIUS.most]);
    const shown = this.nodeGroup.selectAll("g").data(nodes, (node) => node.id);
    shown.exit().remove();
    const added = shown.enter().append("g");
    added.append("circle");
    added.append("text").attr("dy", "0.32em");
    added.append("title");
    added.on("click", (node) => this.choose(node)).on("mouseleave", () => this.mark(null))
      .on("mouseenter", (node) => this.mark(this.graph.links.filter((link) => [link.client, link.server].includes(node))));
    const all = added.merge(shown).attr("transform", (node) => `translate(${node.x},${node.y})`)
      .attr("class", (node) => "node" + (node.failing ? " failing" : "") + (node.rest ? " rest" : ""));
    all.select("circle").attr("r", (node) => radius(node.rate).toFixed(1));
    const gap = (node) => radius(node.rate) + 4;
    all.select("text").attr("text-anchor", ({side}) => ({left: "end", right: "start", above: "middle"})[side])
      .attr("x", (node) => ({left: -gap(node), right: gap(node), above: 0})[node.side])
      .attr("y", (node) => node.side === "above" ? -gap(node) - 3 : 0)
      .text((node) => this.label(node, node.side === "above" ? letters.above : letters.beside));
    all.select("title").text(describeNode);
  }

  // The name, shortened in its middle so that the ports are seen.
  label(node, letters) {
    const ports = portsText(node);
    const room = Math.max(8, letters - ports.length - 1);
    const name = node.name.length <= room ? node.name
      : node.name.slice(0, Math.ceil(room / 2) - 1) + "…" + node.name.slice(-Math.floor(room / 2));
    return ports ? `${name} ${ports}` : name;
  }

  // Dims all but these links and their nodes, until the next call; null: no link is dimmed.
  mark(links) {
    this.marked = links && new Set(links.map(keyOf));
    this.showMarked();
  }

  showMarked() {
    const {marked} = this;
    const ids = marked && new Set(this.graph.links.filter((link) => marked.has(keyOf(link)))
      .flatMap(({client, server}) => [client.id, server.id]));
    this.linkGroup.selectAll("path").classed("dim", (link) => marked && !marked.has(keyOf(link)));
    this.nodeGroup.selectAll("g").classed("dim", ({id}) => marked && !ids.has(id));
  }
}
