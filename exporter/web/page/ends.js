// SPDX-License-Identifier: Apache-2.0
// The ends of a connection: their addresses, and who is there.
import {make, setAttribute} from "./dom.js";
import {fragment} from "./state.js";

// What the agent knows of an end, in the order of the tooltip: the member of the API, and its text.
const FACTS = [["namespace", "namespace"], ["workload", "workload"], ["workload_kind", "kind"], ["pod", "pod"],
  ["container", "container"], ["service_name", "service"], ["node", "node"], ["zone", "zone"], ["comm", "process"]];

// The same choice as in the top view.
export function endName(end) {
  const name = end.pod || end.workload || end.container || end.service_name || "";
  return name && end.namespace ? end.namespace + "/" + name : name;
}

// A process chooses its name itself, so characters that would change the tooltip are replaced.
export const endFacts = (end) => FACTS.filter(([member]) => end[member])
  .map(([member, text]) => `${text}: ${end[member].replace(/[^ -~]/g, "?")}`).join("\n");

export const endpoint = ({address, port}) => (address.includes(":") ? `[${address}]` : address) + ":" + port;

// Identifies an edge in all answers.
export const edgeKey = ({client, server}) =>
  [clientText(client), endpoint(server), endName(client), endName(server)].join(" ");

// The client of an edge: an address, or the prefix of many.
export const clientText = ({address, prefix_length: length}) => length === undefined ? address : `${address}/${length}`;

// Fills an element with an address and what stands around it. A line may break at the colons of IPv6, and nowhere else: not
// in a port, nor before it.
function showAddress(element, text, address) {
  if (element.textContent === text) return;
  const parts = address.split(/(?<=:)/);
  const tail = parts.pop();
  const [before, after] = text.split(address);
  element.replaceChildren(before, ...parts.flatMap((part) => [part, make("wbr")]),
    make("span", {class: "whole"}, tail + after));
}

function linkIn(cell, href) {
  const link = cell.querySelector("a") || cell.appendChild(make("a"));
  setAttribute(link, "href", href);
  return link;
}

export const showEndpoint = (element, end) => showAddress(element, endpoint(end), end.address);

export const linkEndpoint = (cell, end, href) => showEndpoint(linkIn(cell, href), end);

// Links to the connections of a client, and to those with this service alone if one is given.
export const linkClient = (cell, client, service = "") =>
  showAddress(linkIn(cell, clientAddress(client, service)), clientText(client), client.address);

// The filter of connections for the text of an endpoint.
export const serviceFilter = (service) => {
  const [, address, port] = service.match(/^\[?(.*?)\]?:(\d+)$/) || [null, service, ""];
  return `server:${address}` + (port ? ` port:${port}` : "");
};

// The fragment with the connections of a client, and to this service alone if one is given.
export const clientAddress = (client, service = "") => fragment({view: "connections",
  filter: `client:${clientText(client)}` + (service ? " " + serviceFilter(service) : "")});
