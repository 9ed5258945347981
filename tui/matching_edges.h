// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TUI_MATCHING_EDGES_H_
#define TCPGAUGE_TUI_MATCHING_EDGES_H_

#include <memory>

#include "absl/functional/function_ref.h"
#include "src/snapshot/snapshot.h"

namespace tcpgauge {

// Returns a snapshot that has what GroupEdges() reads: those edges and connections of `snapshot` for which `wanted`
// returns true. Calls `wanted` for each connection of `snapshot`. For each edge, calls `wanted` with a made-up
// connection: an established one from the edge's client, with port 0, to the edge's server. What belongs to no edge
// with series is left out, because nothing is known of its ends.
//
// The second argument of `wanted` is the snapshot that the connection refers to. For an edge, it has only the
// identities of the ends and an interface without a name.
std::shared_ptr<const Snapshot> MatchingEdges(
    const Snapshot& snapshot, absl::FunctionRef<bool(const ConnectionSummary&, const Snapshot&)> wanted);

}  // namespace tcpgauge

#endif  // TCPGAUGE_TUI_MATCHING_EDGES_H_
