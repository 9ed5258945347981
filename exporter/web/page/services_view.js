// SPDX-License-Identifier: Apache-2.0
// The tab of the services: who fills the link, which service fails, and which is slow.
import {COLUMNS} from "./account.js";
import {endpoint, endFacts, endName, linkEndpoint} from "./ends.js";
import {filtered, ordered} from "./order.js";
import {LiveTable} from "./table.js";
import {RestNote, MOST_EDGES, nothingShown} from "./rest.js";
import {fragment} from "./state.js";

export const serviceAddress = (server) => fragment({view: "service", service: endpoint(server)});

export class ServicesView {
  title = "Services";
  sort = "rate";
  findsWords = true;

  constructor(root, sortBy) {
    this.columns = [
      {title: "Service", name: "server", up: true, kind: "end", value: ({server}) => endpoint(server),
        fill: (cell, {server}) => linkEndpoint(cell, server, serviceAddress(server))},
      {title: "Name", name: "server_name", up: true, kind: "name", value: ({server}) => endName(server),
        text: ({server}) => endName(server), details: ({server}) => endFacts(server)},
      {title: "Clients", name: "clients", kind: "number", value: ({clients}) => clients,
        text: ({clients}) => String(clients)},
      COLUMNS.open, COLUMNS.failed, COLUMNS.up, COLUMNS.down, COLUMNS.speed, COLUMNS.loss, COLUMNS.response, COLUMNS.p95,
      COLUMNS.rtt,
    ];
    this.table = new LiveTable(root, {label: "Services", columns: this.columns, sortBy,
      keyOf: ({server}) => endpoint(server)});
    this.rest = new RestNote(root);
  }

  request() {
    return ["services", {limit: MOST_EDGES}];
  }

  draw(answer, sort) {
    const shown = filtered(answer.services, ({server}) => `${endpoint(server)} ${endName(server)}`);
    this.table.draw(ordered(shown, this.columns, sort), answer);
    this.rest.draw(answer);
    return nothingShown(shown, answer.services, answer, "service");
  }
}
