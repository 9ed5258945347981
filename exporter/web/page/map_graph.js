// SPDX-License-Identifier: Apache-2.0
// Who talks to whom: edges become links between at most MOST_NODES nodes.
//
// A node is a workload where one is known, and else an address. Edges between the same two nodes are one link. Nodes stand
// in columns, so that clients are to the left of their servers and labels have room. (A map whose nodes float freely was
// rejected: at 60 nodes its labels cover each other.)

export const MOST_NODES = 60;
const MOST_COLUMNS = 5;
// Places for links that fail. Otherwise a map of heavy traffic would hide the failure that somebody looks for, and
// without a bound a scan of all addresses would hide the traffic.
const FAILING_LINKS = 15;

function nodeOf(end) {
  const name = end.workload || end.container || end.service_name;
  if (!name) return {id: "a " + end.address, name: end.address, end};
  const full = end.namespace ? `${end.namespace}/${name}` : name;
  return {id: "w " + full, name: full, end};
}

const REST = {clients: {id: "rest clients", name: "other clients", rest: true},
  servers: {id: "rest servers", name: "other servers", rest: true}};

function addTo(map, key, make, amounts) {
  let entry = map.get(key);
  if (!entry) map.set(key, entry = {...make(), rate: 0, open: 0, failing: 0, edges: 0, ports: new Set()});
  entry.rate += amounts.rate;
  entry.open += amounts.open;
  entry.failing += amounts.failing;
  entry.edges += amounts.edges;
  for (const port of amounts.ports) entry.ports.add(port);
  return entry;
}

// Links between nodes of all edges, in the order of importance: some that fail, then by rate.
function allLinks(edges) {
  const links = new Map();
  for (const edge of edges) {
    const client = nodeOf(edge.client);
    const server = nodeOf(edge.server);
    addTo(links, client.id + "\n" + server.id, () => ({client, server}),
      {rate: edge.rate, open: edge.open, failing: edge.failing, edges: 1, ports: [edge.server.port]});
  }
  const byRate = (a, b) => b.rate - a.rate || b.open - a.open;
  const failing = [...links.values()].filter((link) => link.failing > 0)
    .sort((a, b) => b.failing - a.failing || byRate(a, b)).slice(0, FAILING_LINKS);
  return [...failing, ...[...links.values()].filter((link) => !failing.includes(link)).sort(byRate)];
}

// Gives each node a column: one more than that of its clients, and the last one if it is no client itself. A link that
// would close a circle leads back.
function placeInColumns(nodes, links) {
  const servers = new Map(nodes.map((node) => [node.id, []]));
  for (const link of links) if (link.client !== link.server) servers.get(link.client.id).push(link.server);
  const done = new Set();
  const order = [];
  const visiting = new Set();
  const visit = (node) => {
    if (done.has(node.id) || visiting.has(node.id)) return;
    visiting.add(node.id);
    servers.get(node.id).forEach(visit);
    visiting.delete(node.id);
    done.add(node.id);
    order.unshift(node);
  };
  const isServer = new Set(links.map((link) => link.server.id));
  [...nodes].sort((a, b) => isServer.has(a.id) - isServer.has(b.id)).forEach(visit);
  const place = new Map(order.map((node, i) => [node.id, i]));
  for (const node of order) node.column = 0;
  for (const node of order) {
    for (const server of servers.get(node.id)) {
      if (place.get(server.id) < place.get(node.id)) continue;
      server.column = Math.max(server.column, Math.min(MOST_COLUMNS - 1, node.column + 1));
    }
  }
  const last = d3.max(nodes, (node) => node.column) || 0;
  for (const node of nodes) if (node.column > 0 && servers.get(node.id).length === 0) node.column = last;
}

// edges: an array of {client, server, rate, open, failing}, where client and server are ends of the API, rate is in bytes
// per second, and open and failing count connections. Returns {nodes, links}. A node has id, name, end, rate, ports (on
// which it serves), failing (as a server) and column; a link has client, server (nodes), rate, open, failing, edges and
// ports. What does not fit is in the nodes "other clients" and "other servers".
export function buildGraph(edges) {
  const kept = new Set();
  const links = new Map();
  const nodes = new Map();
  for (const link of allLinks(edges)) {
    const missing = new Set([link.client.id, link.server.id].filter((id) => !kept.has(id)));
    if (kept.size + missing.size <= MOST_NODES - 2) missing.forEach((id) => kept.add(id));
    const client = kept.has(link.client.id) ? link.client : REST.clients;
    const server = kept.has(link.server.id) ? link.server : REST.servers;
    const clientNode = addTo(nodes, client.id, () => client, {...link, ports: [], failing: 0});
    const serverNode = server.id === client.id ? clientNode : addTo(nodes, server.id, () => server, {...link, ports: []});
    for (const port of link.ports) serverNode.ports.add(port);
    addTo(links, client.id + "\n" + server.id, () => ({client: clientNode, server: serverNode}), link);
  }
  const graph = {nodes: [...nodes.values()], links: [...links.values()].sort((a, b) => b.rate - a.rate)};
  placeInColumns(graph.nodes, graph.links);
  return graph;
}
