// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_WEB_EDGES_JSON_H_
#define TCPGAUGE_EXPORTER_WEB_EDGES_JSON_H_

#include <optional>
#include <string>

#include "absl/functional/function_ref.h"
#include "exporter/web/edge_order.h"
#include "src/snapshot/snapshot.h"

namespace tcpgauge {

// Returns the answer of /api/v1/edges, as docs/openapi.json describes it. It has the edges with series that `query`
// selects, the sum of what belongs to no edge with series, the totals, and the same by interface. `agent` is the name
// of this agent, and may be empty. Returns nullopt soon after `must_stop` has returned true.
//
// Thread: any.
// Bounds: the text, which is allocated once. An edge takes some 1,400 bytes of the text, plus the names of its ends. At
// most 256 interfaces are listed, each of some 800 bytes.
std::optional<std::string> EdgesJson(const Snapshot& snapshot, const EdgeQuery& query, const std::string& agent,
                                     absl::FunctionRef<bool()> must_stop);

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_WEB_EDGES_JSON_H_
