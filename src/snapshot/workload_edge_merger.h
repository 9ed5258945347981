// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_SNAPSHOT_WORKLOAD_EDGE_MERGER_H_
#define TCPGAUGE_SRC_SNAPSHOT_WORKLOAD_EDGE_MERGER_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/container/node_hash_map.h"
#include "src/base/time_units.h"
#include "src/flow/edge.h"
#include "src/flow/workload_cells.h"
#include "src/flow/workload_edge.h"
#include "src/snapshot/snapshot.h"

namespace tcpgauge {

struct WorkloadEdgeOptions {
  size_t max_exported = 60;
  int64_t window_ns = 60 * kNanosecondsPerSecond;                     // every reader reads at least once in a window
  int64_t idle_timeout_ns = kSecondsPerHour * kNanosecondsPerSecond;  // a silent workload edge loses its series
  int64_t capture_start_time_ns = 0;                                  // since the Unix epoch
};

// Adds up the workload accounts of all tables, and chooses the workload edges that have series of their own.
//
// - The first workload edges on which a server answers get series, as many as may have them. They keep the series until
//   they have no open connection and were silent for the idle time-out. Everything else is in `other`, by reporter.
// - The series of a workload edge are zero for a window, so that readers see every increase. Exception: in the first
//   window, which begins with the first credit, readers are taken to have read nothing.
// - No counter falls. What was in `other` before a workload edge had series stays there. When a table forgets a cell,
//   its account moves to the table's fold; then Merge() keeps it for the workload edge, and subtracts it from `other`.
//   An edge whose series have ended gets none for another window.
// - For each reporter, all workload edges and `other` together hold what the accounts of that reporter hold.
// - The distributions of an account are added and subtracted as its counters are. So no count of a bucket falls, unless
//   the scale of its distribution does.
// - A workload is known by its namespace and name. Its number in the accounts may change when no pod of it was known
//   for a while.
//
// Thread: confined to the collector's thread.
// Time: table time, in nanoseconds.
// Bounds: a copy of each account of each worker, the names of their workloads, max_exported workload edges, and
// kMaxZonePairs pairs of zones. Further pairs are counted as the pair of "other" and "other".
class WorkloadEdgeMerger {
 public:
  static constexpr size_t kMaxZonePairs = 64;
  static constexpr size_t kFewNumbers = 1024;

  explicit WorkloadEdgeMerger(const WorkloadEdgeOptions& options) : options_(options) {}

  // Returns the workload edges, without lookups. `workers` holds the accounts of each worker, as of now. The pointers
  // are not kept. REQUIRES: each call passes the same workers in the same order.
  WorkloadEdgesView Merge(const std::vector<const std::vector<WorkloadAccount>*>& workers, int64_t now_ns);

 private:
  // An account as it was at the last call.
  struct Before {
    WorkloadCellKey key;
    EdgeAccount account;
  };
  // By WorkloadAccount::number. A map of nodes, because Before is large.
  using Accounts = absl::node_hash_map<uint64_t, Before>;

  // A workload edge with series.
  struct Exported {
    IdentityRef client;
    IdentityRef server;
    EdgeAccount before;  // what the workload edge had carried when its series began
    EdgeAccount kept;    // the accounts of cells that were forgotten since
    EdgeAccount shown;   // the account at the last Update()
    int64_t start_time_ns = 0;
    int64_t admitted_ns = 0;  // the counters are zero before this time
    int64_t last_active_ns = 0;
  };
  // What all accounts of a workload edge hold now.
  struct Sum {
    WorkloadEdgeKey key;
    IdentityRef client;
    IdentityRef server;
    EdgeAccount account;
  };

  // Returns the number of the workload for WorkloadEdgeView::key; 0 for null.
  uint32_t NumberOf(const IdentityRef& workload);
  // Returns the key of the account, with the numbers of NumberOf().
  WorkloadCellKey KeyOf(const WorkloadAccount& account);
  // Forgets the numbers that no account and no workload edge has, once they are many.
  void ForgetNumbers();
  // Keeps the accounts that the worker reported at the last call and has forgotten since. Then replaces `*before` by
  // the accounts that the worker reports now.
  void KeepForgotten(const std::vector<WorkloadAccount>& worker, Accounts* before);
  // Adds the payload of an account, if the client is local, to its pair of zones in `*zones`, which has as many
  // elements as zones_.
  void AddZones(const WorkloadCellKey& key, const EdgeCounters& counters, std::vector<ZonePayload>* zones);
  // Ends the series of the workload edges that are idle. REQUIRES: Update() was called for all of them.
  void EndIdle(int64_t now_ns);
  // Lets a workload edge have series.
  void Begin(const Sum& sum, int64_t now_ns);
  // Updates a workload edge by what its accounts hold now. No counter of edge->shown falls.
  void Update(const EdgeAccount& now, int64_t now_ns, Exported* edge) const;

  const WorkloadEdgeOptions options_;
  absl::flat_hash_map<std::pair<std::string, std::string>, uint32_t> numbers_;  // by namespace and workload
  uint32_t last_number_ = 0;
  size_t most_numbers_ = kFewNumbers;  // when to forget numbers
  std::vector<Accounts> before_;       // by worker
  absl::node_hash_map<WorkloadEdgeKey, Exported> exported_;
  absl::flat_hash_map<WorkloadEdgeKey, int64_t> ended_;  // when the series ended; for a window
  absl::flat_hash_set<WorkloadEdgeKey> seen_;            // the workload edges of the last call
  // In the order in which they came. The payload is that of cells that were forgotten.
  std::vector<ZonePayload> zones_;
  std::array<double, 3> other_rtt_sums_{};  // at the last call, by Reporter
  std::array<double, 3> other_response_sums_{};
  int64_t first_ns_ = -1;  // when the first credit was seen; -1: none was
  int64_t last_ns_ = 0;    // of the last call
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_SNAPSHOT_WORKLOAD_EDGE_MERGER_H_
