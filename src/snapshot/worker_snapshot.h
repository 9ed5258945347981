// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_SNAPSHOT_WORKER_SNAPSHOT_H_
#define TCPGAUGE_SRC_SNAPSHOT_WORKER_SNAPSHOT_H_

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "src/decode/decode_error.h"
#include "src/flow/connection_summary.h"
#include "src/flow/connection_view.h"
#include "src/flow/identity_lookups.h"
#include "src/flow/overflow.h"
#include "src/flow/totals.h"
#include "src/flow/workload_cells.h"
#include "src/naming/end_identity.h"
#include "src/naming/identity_map.h"
#include "src/net/encapsulation.h"
#include "src/snapshot/interface_view.h"
#include "src/snapshot/listed_rows.h"
#include "src/snapshot/snapshot.h"

namespace tcpgauge {

// What a worker counts besides connections. Counts are since the start of the capture. They never fall, except that the
// counts of a forgotten interface move to `retired` when its place is freed.
struct CaptureCounters {
  // Indexed by ConnectionSummary::interface of this worker. The place of an interface is free if its name is empty.
  std::vector<InterfaceView> interfaces;
  InterfaceCounts retired;                                  // of forgotten interfaces whose places are free again
  std::array<uint64_t, kDecodeErrorCount> decode_errors{};  // indexed by DecodeError
  OverflowCounts overflows{};                               // of the worker's parts other than the table
  int64_t clock_stepped_ns = 0;                             // see Snapshot; not a counter, and may fall
};

// One worker's contribution to a Snapshot. The comments in Snapshot also apply to the members of the same names here. A
// plain value that does not refer to the worker's table.
//
// The rows are copied one after the other while packets keep coming, so their ages differ by up to the length of the
// pass. The same holds for `connections_not_listed`, `encapsulations`, `views` and `identities`, and for
// EdgeCounters::stalled. All else from `totals` on, and `ended_rows`, is as of the moment when the pass was complete.
struct WorkerSnapshot {
  int64_t begun_ns = INT64_MIN;  // steady time at which the pass began; INT64_MAX when no more packets come
  int64_t time_ns = 0;           // table time at which the pass was complete
  ListedRows listed_rows = ListedRows::kAll;  // which connections `rows` has
  std::vector<ConnectionSummary> rows;        // confirmed connections that have not ended, in no order
  std::vector<uint32_t> slots;                // by row: its slot in the table (see ConnectionTable)
  std::vector<ConnectionSummary> ended_rows;  // see RecentlyEnded; with the empty encapsulation and no views
  uint64_t connections_not_listed = 0;
  std::vector<Encapsulation> encapsulations;  // indexed by ConnectionSummary::encapsulation; [0] is the empty one
  std::vector<ConnectionView> views;          // of `rows`; not every view belongs to a row (see ViewRanges)
  std::vector<IdentityRef> identities;        // indexed by the identities of `rows`; [0] is null
  Totals totals;
  CaptureCounters counters;
  uint64_t unmatched_fragments = 0;  // see ConnectionTable
  OverflowCounts overflows{};        // of the table and of counters.overflows together
  EdgesView edges;
  std::vector<WorkloadAccount> workloads;           // empty without an identity map
  std::shared_ptr<const IdentityMap> identity_map;  // null without one
  IdentityLookups identity_lookups;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_SNAPSHOT_WORKER_SNAPSHOT_H_
