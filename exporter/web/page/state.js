// SPDX-License-Identifier: Apache-2.0
// What the user chose. The fragment of the page's address holds it, so that a link shows the same.

export const state = {
  view: "services",   // the tab, or "service" for the page of one service
  service: "",        // ADDRESS:PORT of that service
  sort: "",           // the name of a sort order; empty = the view's own
  reverse: false,
  filter: "",
  limit: "100",
  bits: false,
  paused: false,
};

// The fragment that shows these choices; what is left out is as at the start.
export function fragment(choices) {
  const kept = new URLSearchParams({view: choices.view});
  if (choices.service) kept.set("service", choices.service);
  if (choices.sort) kept.set("sort", (choices.reverse ? "-" : "") + choices.sort);
  if (choices.limit && choices.limit !== "100") kept.set("limit", choices.limit);
  if (choices.filter) kept.set("filter", choices.filter);
  return "#" + kept;
}

export function rememberState() {
  const kept = fragment({...state, service: state.view === "service" ? state.service : ""});
  if (location.hash !== kept) history.replaceState(null, "", kept);
}

// Takes the choices of the fragment. `views` are the names that there are.
export function recallState(views) {
  const kept = new URLSearchParams(location.hash.slice(1));
  state.service = kept.get("service") || "";
  state.view = views.includes(kept.get("view")) ? kept.get("view") : "services";
  const sort = kept.get("sort") || "";
  state.reverse = sort.startsWith("-");
  state.sort = sort.replace(/^-/, "");
  state.filter = kept.get("filter") || "";
  state.limit = ["20", "100", "500"].includes(kept.get("limit")) ? kept.get("limit") : "100";
}
