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
  int64_t window_ns = 60 * kNanosecondsPerSecond;                     // every reader reads at least once in it
  int64_t idle_timeout_ns = kSecondsPerHour * kNanosecondsPerSecond;  // after this silence, series end
  int64_t capture_start_time_ns = 0;                                  // since the Unix epoch
};

// Adds up the accounts of workload edges of all tables (see WorkloadCells), and chooses the workload edges that have
// series of their own. The rest is in WorkloadEdgesView::other, which has one account for each Reporter.
//
// - A workload edge gets series once a server answered on it, while fewer than `max_exported` have series.
// - It keeps the series until it has no open connection and its counters have not changed for the idle time-out. Then
//   it gets no series for a window.
// - Its counters are 0 for the first window of its series. So each reader reads the 0, and sees every later increase.
//   What was counted until the end of this window stays in `other`. Exception: in the window that begins with the very
//   first count, readers may not have read anything yet. So a workload edge that is new in a call within that window is
//   shown with all its counts.
// - No counter falls. When a table forgets a cell, it adds the cell's account to an account for the rest, the fold.
//   From then on, Merge() adds the cell's account, as of the call before, to the workload edge, and subtracts it from
//   `other`.
// - For each reporter, all workload edges and `other` together hold what the accounts of that reporter hold.
// - Distributions are added and subtracted like counters. A bucket's count falls only when the scale of its
//   distribution falls.
// - A workload is identified by its namespace and name. The number that the accounts have for it is not used: it may
//   change when no pod of the workload was known for a while.
//
// Thread: confined to the collector's thread.
// Time: table time (see Snapshot), in nanoseconds.
// Bounds: a copy of each account of each worker, the names of their workloads, max_exported workload edges, and
// kMaxZonePairs pairs of a client's and a server's availability zone. Payload of a further pair counts for the pair of
// "other" and "other".
class WorkloadEdgeMerger {
 public:
  static constexpr size_t kMaxZonePairs = 64;
  static constexpr size_t kFewNumbers = 1024;  // with fewer numbers of workloads, none is forgotten

  explicit WorkloadEdgeMerger(const WorkloadEdgeOptions& options) : options_(options) {}

  // Returns the workload edges with series, `other`, and the payload between zones. Leaves the counts of lookups 0.
  // `workers` holds the accounts of each worker, as of now, and is not kept. REQUIRES: each call passes the same
  // workers in the same order.
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
    EdgeAccount before;  // what stays in `other`: all that was counted before admitted_ns
    EdgeAccount kept;    // the accounts of cells that were forgotten since the series began
    EdgeAccount shown;   // what the last Update() showed
    int64_t start_time_ns = 0;
    int64_t admitted_ns = 0;  // the counters are 0 before this time
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
  // Forgets the numbers that no account and no workload edge has, once most_numbers_ workloads have numbers.
  void ForgetNumbers();
  // Keeps the accounts that the worker reported at the last call and has forgotten since. Then replaces `*before` by
  // the accounts that the worker reports now.
  void KeepForgotten(const std::vector<WorkloadAccount>& worker, Accounts* before);
  // Adds the payload of an account to its pair of zones in `*zones`, if the client is local and a zone is known.
  // `*zones` has the same pairs as zones_, in the same order.
  void AddZones(const WorkloadCellKey& key, const EdgeCounters& counters, std::vector<ZonePayload>* zones);
  // Ends the series of the workload edges that are idle. REQUIRES: Update() was called for all of them.
  void EndIdle(int64_t now_ns);
  // Begins the series of a workload edge.
  void Begin(const Sum& sum, int64_t now_ns);
  // Updates a workload edge by what its accounts hold now. No counter of edge->shown falls.
  void Update(const EdgeAccount& now, int64_t now_ns, Exported* edge) const;

  const WorkloadEdgeOptions options_;
  absl::flat_hash_map<std::pair<std::string, std::string>, uint32_t> numbers_;  // by namespace and workload
  uint32_t last_number_ = 0;
  size_t most_numbers_ = kFewNumbers;  // see ForgetNumbers()
  std::vector<Accounts> before_;       // by worker
  absl::node_hash_map<WorkloadEdgeKey, Exported> exported_;
  absl::flat_hash_map<WorkloadEdgeKey, int64_t> ended_;  // when the series ended; for a window
  absl::flat_hash_set<WorkloadEdgeKey> seen_;            // the workload edges of the last call
  // In the order in which the pairs first had payload. The payload is that of forgotten cells.
  std::vector<ZonePayload> zones_;
  std::array<double, 3> other_rtt_sums_{};  // at the last call, by Reporter
  std::array<double, 3> other_response_sums_{};
  int64_t first_ns_ = -1;  // the time of the call that saw the first count; -1: no call did
  int64_t last_ns_ = 0;    // of the last call
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_SNAPSHOT_WORKLOAD_EDGE_MERGER_H_
