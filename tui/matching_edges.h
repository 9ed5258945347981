// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TUI_MATCHING_EDGES_H_
#define TCPGAUGE_TUI_MATCHING_EDGES_H_

#include <memory>

#include "absl/functional/function_ref.h"
#include "src/snapshot/snapshot.h"

namespace tcpgauge {

// Returns a snapshot that has what GroupEdges() reads: those edges and connections of `snapshot` for which `wanted`
// returns true. `wanted` sees an edge as an established connection of its client, with port 0, to its server; see
// Filter. What belongs to no edge with series is left out, because it cannot be chosen from.
//
// The snapshot that `wanted` is called with has no other members than its first argument needs.
std::shared_ptr<const Snapshot> MatchingEdges(
    const Snapshot& snapshot, absl::FunctionRef<bool(const ConnectionSummary&, const Snapshot&)> wanted);

}  // namespace tcpgauge

#endif  // TCPGAUGE_TUI_MATCHING_EDGES_H_
