// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_SNAPSHOT_EDGE_OF_CONNECTION_H_
#define TCPGAUGE_SRC_SNAPSHOT_EDGE_OF_CONNECTION_H_

#include "src/flow/connection_summary.h"
#include "src/snapshot/snapshot.h"

namespace tcpgauge {

// Returns the edge of `connection`, an element of snapshot.edges.exported. Returns null if the edge has no series of
// its own. If several edges fit, the one of the single server is preferred to that of a server prefix.
//
// A snapshot does not say which servers are never grouped by prefix. If such a server's own edge has no series, the
// edge of the prefix around it is returned instead.
//
// Time: one pass over the edges.
// REQUIRES: `connection` is one of snapshot.connections.
const EdgeView* EdgeOfConnection(const ConnectionSummary& connection, const Snapshot& snapshot);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_SNAPSHOT_EDGE_OF_CONNECTION_H_
