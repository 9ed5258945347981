// SPDX-License-Identifier: Apache-2.0
// The page: its tabs, its keys, and the loop that asks the agent each second and draws the answers.
import {About} from "./about.js";
import {Refused, ask} from "./api.js";
import {TimeChart} from "./chart.js";
import {ClientsView} from "./clients_view.js";
import {ConnectionsView} from "./connections_view.js";
import {byId, make, setText} from "./dom.js";
import {EmptyState} from "./empty.js";
import {edgeKey, endpoint} from "./ends.js";
import {FailingView} from "./failing_view.js";
import {FailureMemory} from "./failures.js";
import {count, perSecond, rate, rateUnit} from "./format.js";
import {History} from "./history.js";
import {MapView} from "./map_view.js";
import {ServiceView} from "./service_view.js";
import {ServicesView} from "./services_view.js";
import {fragment, recallState, rememberState, state} from "./state.js";

const PERIOD_MS = 1000;
// The tab of what fails shows how many attempts failed over so many seconds.
const FAILURES_SECONDS = 10;

// A view has a title, the name of its first sort order, request(): the path and the parameters of what it shows, and
// draw(answer, sort), which returns null, or why it shows nothing; empty, if no connection is known. It may have open(),
// which is called when the user comes to it, `history` (a History to update), and `findsWords`: its filter are words.
const VIEWS = {services: ServicesView, clients: ClientsView, connections: ConnectionsView, failing: FailingView,
  map: MapView, service: ServiceView};
const TABS = ["services", "clients", "connections", "failing", "map"];
const FILTER_HINTS = {
  words: "Filter: part of an address or of a name",
  terms: "Filter: text, port:443, host:10.0.0.0/8, state:established, ns:NAME, pod:NAME, workload:NAME, unit:NAME",
};

const link = new History({}, "totals");
const views = {};      // from name to {view, element}
const tabs = {};       // from name to link
const failures = {services: new FailureMemory(), edges: new FailureMemory()};
let linkChart = null;
let empty = null;
const about = new About();
let last = null;       // the newest answer to the view that is shown
let lastHeard = 0;     // when an answer came, in ms since the Unix epoch; 0 = no answer yet
let trouble = "";      // why the last request failed; empty = it did not
let timer = 0;
let asked = 0;         // number of the newest request; answers to older ones are ignored

const current = () => views[state.view].view;
const currentSort = () => state.sort || current().sort;

function drawLink() {
  const points = link.points(2, (sum, length) => [sum.client_payload_bytes / length, sum.server_payload_bytes / length]);
  if (points.length === 0) return;
  const {connections} = link.seconds[link.seconds.length - 1].counts;
  setText(byId("count"), count(connections, "open connection"));
  const failing = link.points(FAILURES_SECONDS,
    (sum, length) => (sum.connections_refused + sum.connections_timed_out) / length).pop().values;
  setText(byId("failing-now"), failing > 0 ? ` ${perSecond(failing)}` : "");
  linkChart.draw(points, link.end, link.span);
}

function draw() {
  if (!last) return;
  document.title = `${last.agent} – tcpgauge`;
  about.drawAgent(byId("agent"), last.agent);
  drawLink();
  const nothing = current().draw(last, currentSort());
  if (nothing === null) empty.hide();
  else empty.show(about.status, nothing);
}

function drawState() {
  const element = byId("state");
  const age = Math.round((Date.now() - lastHeard) / 1000);
  element.className = trouble ? "bad" : state.paused ? "held" : "";
  if (trouble) setText(element, lastHeard ? `no answer for ${age} s, trying again: ${trouble}` : trouble);
  else setText(element, state.paused ? "paused" : "live");
}

async function load(view) {
  try {
    const [path, parameters] = view.request();
    const [answer] = await Promise.all([ask(path, parameters), link.update(), view.history && view.history.update(),
      about.update(Boolean(trouble) || !lastHeard || !empty.element.hidden)]);
    return {answer, wrong: ""};
  } catch (error) {
    if (error instanceof Refused) return {answer: null, wrong: error.message};
    throw error;
  }
}

async function poll() {
  clearTimeout(timer);
  const number = ++asked;
  const began = Date.now();
  try {
    if (!state.paused && !document.hidden) {
      const {answer, wrong} = await load(current());
      if (number !== asked) return;
      setText(byId("error"), wrong);
      lastHeard = Date.now();
      trouble = "";
      if (answer && !state.paused) {
        last = answer;
        if (answer.services) failures.services.mark(answer.services, answer.time, ({server}) => endpoint(server));
        if (answer.edges) failures.edges.mark(answer.edges, answer.time, edgeKey);
        draw();
      }
    }
  } catch (error) {
    if (number !== asked) return;
    trouble = error.message;
  }
  drawState();
  timer = setTimeout(poll, Math.max(0, PERIOD_MS - (Date.now() - began)));
}

// Shows the view that the user chose, with what is known of it, and asks for the rest.
function show() {
  for (const [name, {element}] of Object.entries(views)) element.hidden = name !== state.view;
  for (const [name, tab] of Object.entries(tabs)) {
    if (name === state.view) tab.setAttribute("aria-current", "page");
    else tab.removeAttribute("aria-current");
  }
  const view = current();
  byId("link").hidden = state.view === "service";
  byId("filter").parentElement.className = view.findsWords ? "words" : state.view;
  byId("filter").placeholder = view.findsWords ? FILTER_HINTS.words : FILTER_HINTS.terms;
  byId("filter").value = state.filter;
  byId("limit").value = state.limit;
  last = null;
  empty.hide();
  if (view.open) view.open();
  changed();
}

// The user wants to see something else of the same view.
function changed() {
  current().table.drawOrder(currentSort());
  rememberState();
  poll();
}

function sortBy({name}) {
  state.reverse = currentSort() === name && !state.reverse;
  state.sort = name === current().sort ? "" : name;
  changed();
}

function togglePause() {
  state.paused = !state.paused;
  byId("pause").setAttribute("aria-pressed", String(state.paused));
  poll();
}

function toggleUnit() {
  state.bits = !state.bits;
  byId("unit").setAttribute("aria-pressed", String(state.bits));
  draw();
}

function nextSort() {
  const names = current().table.columns.filter(({plain}) => !plain).map(({name}) => name);
  state.reverse = false;
  state.sort = names[(names.indexOf(currentSort()) + 1) % names.length];
  changed();
}

function reverse() {
  state.reverse = !state.reverse;
  changed();
}

function clearFilter() {
  byId("filter").value = state.filter = "";
  byId("filter").blur();
  changed();
}

const KEYS = {"/": () => byId("filter").focus(), p: togglePause, b: toggleUnit, s: nextSort, S: reverse};
TABS.forEach((name, i) => { KEYS[i + 1] = () => { location.hash = fragment({view: name}); }; });

function pressed(event) {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.key === "Escape") clearFilter();
  if (event.target.matches("input, select") || !KEYS[event.key]) return;
  event.preventDefault();
  KEYS[event.key]();
}

function begin() {
  for (const [name, View] of Object.entries(VIEWS)) {
    const element = byId("views").appendChild(make("section", {id: name, hidden: ""}));
    views[name] = {view: new View(element, sortBy), element};
    element.setAttribute("aria-label", views[name].view.title);
  }
  for (const name of TABS) {
    tabs[name] = byId("tabs").appendChild(make("a", {href: fragment({view: name})}, views[name].view.title));
  }
  tabs.failing.append(make("strong", {id: "failing-now", class: "trouble"}));
  linkChart = new TimeChart(byId("link"), {title: "All traffic", format: rate, unit: rateUnit,
    least: 1000, lines: [{name: "up", style: "up"}, {name: "down", style: "down"}]});
  empty = new EmptyState(byId("views"));
  byId("filter").addEventListener("input", (event) => {
    state.filter = event.target.value;
    changed();
  });
  byId("limit").addEventListener("change", (event) => {
    state.limit = event.target.value;
    changed();
  });
  byId("pause").addEventListener("click", togglePause);
  byId("unit").addEventListener("click", toggleUnit);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) poll(); });
  document.addEventListener("keydown", pressed);
  addEventListener("hashchange", () => {
    recallState(Object.keys(VIEWS));
    show();
  });
  recallState(Object.keys(VIEWS));
  show();
}

begin();
