// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_SNAPSHOT_EDGE_OF_CONNECTION_H_
#define TCPGAUGE_SRC_SNAPSHOT_EDGE_OF_CONNECTION_H_

#include "src/flow/connection_summary.h"
#include "src/snapshot/snapshot.h"

namespace tcpgauge {

// Returns the edge with series to which `connection` belongs: an element of snapshot.edges.exported, or null if there
// is none. If an edge of the single server and an edge of a server prefix fit, returns that of the single server.
//
// Exception: a snapshot does not say which servers are never grouped by prefix. If such a server's own edge has no
// series, returns the edge of the prefix around the server, although the connection does not belong to it.
//
// Time: one pass over the edges.
// REQUIRES: `connection` is one of snapshot.connections.
const EdgeView* EdgeOfConnection(const ConnectionSummary& connection, const Snapshot& snapshot);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_SNAPSHOT_EDGE_OF_CONNECTION_H_
