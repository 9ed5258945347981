// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_SNAPSHOT_PAST_EDGES_H_
#define TCPGAUGE_SRC_SNAPSHOT_PAST_EDGES_H_

#include <cstddef>
#include <cstdint>
#include <memory>

#include "absl/functional/function_ref.h"
#include "src/snapshot/history_view.h"
#include "src/snapshot/snapshot.h"

namespace tcpgauge {

// Calls `visit` for each of the newest `count` seconds of `history` that ended by `until_ns` (table time), the oldest
// first. Each snapshot has only `time_ns`, the end of the second, and the edges that were listed in this second: who
// they are, how many connections they had, and what was recorded of them (in `edge_changes`). So the past can be
// grouped as the present is.
void VisitPastEdges(const HistoryView& history, size_t count, int64_t until_ns,
                    absl::FunctionRef<void(const std::shared_ptr<const Snapshot>& second)> visit);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_SNAPSHOT_PAST_EDGES_H_
