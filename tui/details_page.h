// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TUI_DETAILS_PAGE_H_
#define TCPGAUGE_TUI_DETAILS_PAGE_H_

#include <optional>
#include <string>
#include <vector>

#include "src/flow/edge.h"
#include "src/naming/end_identity.h"
#include "src/net/endpoint.h"
#include "src/snapshot/snapshot.h"
#include "tui/frame.h"
#include "tui/page_input.h"

namespace tcpgauge {

// A view of a connection as the connection's page shows it.
struct ViewDetail {
  Endpoint client;
  Endpoint server;
  std::string encapsulation;  // for example ", VLAN 100, vxlan 7"; empty if there is none
};

// A connection as its page shows it. `connection` refers to lists of its snapshot by index, and later snapshots have
// other lists. So the other members hold what the page shows of these lists.
struct ConnectionDetail {
  ConnectionSummary connection;
  std::string path;               // where the connection was seen, for example "eth0, VLAN 100, vxlan 7"
  std::vector<ViewDetail> views;  // empty if the connection has only one view
  IdentityRef client;             // null: unknown
  IdentityRef server;
  // How the times on the connection's edge are distributed; nullopt if the edge has no series of its own.
  std::optional<EdgeDistributions> edge;
};

// Returns the detail of `connection`, which `snapshot` lists.
ConnectionDetail DetailOf(const ConnectionSummary& connection, const Snapshot& snapshot);

// Builds the page of one connection: everything that is known about it, quantiles of the times on its edge, and a chart
// of its rate. On a screen that has room, bars show how these times are distributed. `gone`: the snapshot no longer
// lists the connection. The page then says so, and `detail` holds the last known values. The page may have more lines
// than the screen; the caller scrolls it.
Frame BuildDetailsPage(const PageInput& input, const ConnectionDetail& detail, bool gone);

}  // namespace tcpgauge

#endif  // TCPGAUGE_TUI_DETAILS_PAGE_H_
