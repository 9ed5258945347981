// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_SNAPSHOT_WORKER_PUBLISHER_H_
#define TCPGAUGE_SRC_SNAPSHOT_WORKER_PUBLISHER_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "src/base/time_units.h"
#include "src/flow/connection_table.h"
#include "src/flow/connection_view.h"
#include "src/naming/end_identity.h"
#include "src/snapshot/listed_rows.h"
#include "src/snapshot/row_pool.h"
#include "src/snapshot/stalled_by_edge.h"
#include "src/snapshot/triple_buffer.h"
#include "src/snapshot/view_ranges.h"
#include "src/snapshot/worker_snapshot.h"

namespace tcpgauge {

// Copies a worker's table for the collector. The copying of the whole table is called a pass. A pass also tells edges
// what their connections carried (see ConnectionTable::TellEdge). A pass is divided into slices, and the worker applies
// packets between two slices. So a pass never holds up capture for longer than one slice, however many connections
// there are.
//
// Design. A pass is bounded: it decides at its beginning which slots it visits, even if the table grows meanwhile.
// Otherwise a flood that adds connections faster than slots are copied would leave readers without a snapshot.
//
// The room for all rows is reserved before the pass, which costs only address space. A slice takes 0.05 to 0.2 ms
// (tests/bench/run.py handover). Rows that grew by appending were rejected: the first pass into each of the three
// places of the TripleBuffer copied up to 25 MB of rows, a pause of 7 to 9 ms.
//
// Few rows. A pass for ListedRows::kFew has two pools of rows: one for connections that are open and have lived for a
// ranking window, and one for all others. So many short connections cannot take the rows of old ones, and many old,
// silent ones cannot take the rows of the others. The heaviest of all get a row in any case. A connection that has
// series gets a row outside the pools. Otherwise, of many equally light connections, one would lose its series to
// another.
//
// Thread: the worker calls all methods. Only the TripleBuffer is shared with another thread, and publishing to it never
// waits.
// Time: steady time decides when a pass begins. Table time is used for rates and for the ranking window.
// Bounds: a slice visits at most kSliceSlots slots. A pass for ListedRows::kAll copies at most `max_rows` connections:
// those with the most payload in the ranking window (see HeaviestRows). A pass for kFew copies at most twice
// FewRows::rows_of_kind, and those of KeepListed(). Further connections are only counted. StalledByEdge counts the
// stalled connections among all that a pass visits. A pass lists at most MaxViews() views. When the list of views is
// full, further rows have no views (see ViewRanges).
class WorkerPublisher {
 public:
  static constexpr uint32_t kSliceSlots = 256;
  static constexpr int64_t kAllHoldNs = 5 * kNanosecondsPerSecond;

  // Returns the most views that a pass lists: kViewsPerRow for each of `max_rows` rows on average, but at most
  // `max_connections`.
  static constexpr size_t MaxViews(uint32_t max_connections, size_t max_rows) {
    constexpr size_t kViewsPerRow = 2;
    return std::min<size_t>(max_connections, kViewsPerRow * max_rows);
  }

  // The rows of ListedRows::kFew.
  struct FewRows {
    size_t rows_of_kind;  // of each of the two pools
    int64_t window_ns;    // the ranking window
  };

  // A pass begins at each multiple of `interval_ns` of steady time, and on request (see Step()). Rates are those of the
  // time `lateness_ns` before the pass began, because the kernel may not have handed over later packets yet. `table`,
  // `counters` and `buffer` must outlive the publisher. Without `few`, every pass lists all connections. With `few`, a
  // pass lists all only if readers want that.
  WorkerPublisher(ConnectionTable* table, const CaptureCounters* counters, TripleBuffer<WorkerSnapshot>* buffer,
                  int64_t interval_ns, int64_t lateness_ns, size_t max_rows, std::optional<FewRows> few = std::nullopt);

  // What Step() did:
  // - kIdle: nothing, because no pass is under way or due;
  // - kInPass: it copied a slice, and the pass is not complete;
  // - kPublished: it completed and published the pass.
  enum class Progress { kIdle, kInPass, kPublished };

  // Copies one slice if a pass is under way or due. `steady_ns` is the time now. Readers want a snapshot whose pass
  // began at `wanted_since_ns` or later (INT64_MIN: readers want none). A pass is due at each multiple of the interval,
  // and when the last pass began before `wanted_since_ns`. The call that completes a pass also copies totals, counters,
  // edges and ended connections, and publishes everything.
  //
  // `all_wanted_since_ns` is like `wanted_since_ns`, for readers that want a pass that lists all connections. All
  // passes that begin within kAllHoldNs after this time list all connections too. There are two reasons: such readers
  // come again, and the passes of all workers that go into one snapshot must list all.
  Progress Step(int64_t steady_ns, int64_t wanted_since_ns = INT64_MIN, int64_t all_wanted_since_ns = INT64_MIN);

  // From the next pass on, passes for ListedRows::kFew list the connections in these slots in any case. Some of the
  // slots may be free by then, or hold other connections. REQUIRES: !in_pass().
  void KeepListed(const std::vector<uint32_t>& slots) { kept_ = {slots.begin(), slots.end()}; }

  // Whether a pass is under way. Rows that were copied refer to the interfaces in `counters`, so none of these may be
  // replaced until the pass is published.
  bool in_pass() const { return in_pass_; }

  // Drops an unfinished pass, then makes and publishes a whole pass. Call it when no more packets come. The published
  // WorkerSnapshot::begun_ns is INT64_MAX, so that no reader requests a newer snapshot.
  void PublishNow(ListedRows listed_rows = ListedRows::kAll);

 private:
  void Begin(int64_t steady_ns, ListedRows listed_rows);
  // Copies one slice. Returns true when the pass is complete.
  bool CopySlice();
  void CopySlot(uint32_t slot);
  // Counts the connection for its interface.
  void CountForInterface(uint32_t slot, bool is_stalled);
  // Returns the place of the row for the connection, or RowPool::kNone.
  uint32_t PlaceFor(uint32_t slot, uint64_t weight);
  // Copies the views of the connection in `slot` for its row.
  void CopyViews(uint32_t slot, ConnectionSummary* row);
  void Publish();
  void CopyEdges(EdgesView* edges) const;
  void CopyInterfaces(CaptureCounters* counters) const;
  // Returns the index in WorkerSnapshot::encapsulations of the encapsulation that has `number` in the table now. Adds
  // the encapsulation if necessary. Returns 0, the empty encapsulation, when the list is full.
  uint32_t EncapsulationIndex(uint32_t number);

  // Returns the index of the identity in WorkerSnapshot::identities. Adds the identity if necessary. Returns 0 for
  // null.
  uint32_t IdentityIndex(const IdentityRef& identity);

  ConnectionTable& table_;
  const CaptureCounters& counters_;
  TripleBuffer<WorkerSnapshot>& buffer_;
  const int64_t interval_ns_;
  const int64_t lateness_ns_;
  const size_t max_rows_;
  int64_t next_pass_ns_ = 0;
  int64_t begun_ns_ = INT64_MIN;      // when the last pass began
  int64_t all_begun_ns_ = INT64_MIN;  // when the last pass that lists all connections began
  bool in_pass_ = false;
  uint32_t next_slot_ = 0;
  // The pass visits the records below record_end_, then the embryos below embryo_end_. record_end_ has room for one
  // record for each embryo, because an embryo may become a record during the pass.
  uint32_t record_end_ = 0;
  uint32_t embryo_end_ = 0;
  int64_t rates_time_ns_ = 0;  // table time
  const std::optional<FewRows> few_;
  RowPool all_;
  RowPool old_;
  RowPool young_;  // also for connections that are closed
  absl::flat_hash_set<uint32_t> kept_;
  ViewRanges view_ranges_;
  StalledByEdge stalled_;
  // Of the connections that the pass visited, by number of their interface.
  struct InterfaceGauges {
    int64_t open = 0;
    int64_t stalled = 0;
  };
  std::vector<InterfaceGauges> of_interfaces_;
  std::vector<ConnectionView> views_;                         // of the row that is being copied
  std::vector<uint32_t> encapsulation_indexes_;               // by the table's number; 0: not listed yet
  absl::flat_hash_map<uint32_t, uint32_t> identity_indexes_;  // by NumberedIdentity::number
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_SNAPSHOT_WORKER_PUBLISHER_H_
