// SPDX-License-Identifier: Apache-2.0
// The tab of the clients.
import {COLUMNS, addUp} from "./account.js";
import {clientText, endFacts, endName, endpoint, linkClient} from "./ends.js";
import {filtered, ordered} from "./order.js";
import {LiveTable} from "./table.js";
import {MOST_EDGES, RestNote, nothingShown} from "./rest.js";

// Edges of one client, added up.
const toClient = (edges) => ({...addUp(edges), client: edges[0].client,
  servers: new Set(edges.map(({server}) => endpoint(server))).size});

export class ClientsView {
  title = "Clients";
  sort = "rate";
  findsWords = true;

  constructor(root, sortBy) {
    this.columns = [
      {title: "Client", name: "client", up: true, kind: "end", value: ({client}) => clientText(client),
        fill: (cell, {client}) => linkClient(cell, client)},
      {title: "Name", name: "client_name", up: true, kind: "name", value: ({client}) => endName(client),
        text: ({client}) => endName(client), details: ({client}) => endFacts(client)},
      {title: "Services", name: "services", kind: "number", value: ({servers}) => servers,
        text: ({servers}) => String(servers)},
      COLUMNS.open, COLUMNS.failed, COLUMNS.up, COLUMNS.down, COLUMNS.speed, COLUMNS.loss, COLUMNS.response, COLUMNS.rtt,
    ];
    this.table = new LiveTable(root, {label: "Clients", columns: this.columns, sortBy,
      keyOf: ({client}) => clientText(client)});
    this.rest = new RestNote(root);
  }

  request() {
    return ["edges", {limit: MOST_EDGES}];
  }

  draw(answer, sort) {
    const clients = d3.rollups(answer.edges, toClient, ({client}) => clientText(client)).map(([, client]) => client);
    const shown = filtered(clients, ({client}) => `${clientText(client)} ${endName(client)}`);
    this.table.draw(ordered(shown, this.columns, sort), answer);
    this.rest.draw(answer);
    return nothingShown(shown, clients, answer, "client");
  }
}
