// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TUI_GROUP_ORDER_H_
#define TCPGAUGE_TUI_GROUP_ORDER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "src/snapshot/edge_groups.h"
#include "src/snapshot/snapshot.h"
#include "tui/averaging.h"
#include "tui/group_history.h"
#include "tui/grouping.h"

namespace tcpgauge {

// A mean over the last minute. If nothing was counted in the last minute, a mean over all time.
struct RecentValue {
  double value = 0;
  bool is_recent = false;
};

// One row of a list of groups. `group` is null in the row of everything that belongs to no group. The pointers are
// valid until the next GroupOrder::Rebuild().
struct GroupRow {
  uint64_t id = 0;  // equal for the same group in another snapshot; 0 if `group` is null
  const EdgeGroup* group = nullptr;
  const EdgeSum* sum = nullptr;
  double up_bytes_per_second = 0;
  double down_bytes_per_second = 0;
  double failed = 0;                // connections that failed in the last minute, as far as the history reaches
  std::optional<RecentValue> loss;  // from 0 to 1; nullopt here and below: unknown
  std::optional<RecentValue> response_seconds;  // mean
  std::optional<RecentValue> rtt_seconds;       // mean of handshakes

  double bytes_per_second() const { return up_bytes_per_second + down_bytes_per_second; }
};

// The rows of a list of groups, sorted.
//
// Thread: confined to one thread.
// Bounds: those of GroupEdges() and of GroupHistory, and 200 bytes for each group.
class GroupOrder {
 public:
  struct Wish {
    Grouping grouping = Grouping::kServices;  // not kConnections
    GroupSort sort = GroupSort::kRate;
    bool reverse = false;
    Averaging averaging = Averaging::kRateWindow;
  };

  // Groups the edges of `snapshot`, records the groups in the history, and makes a row for each group. Keeps `snapshot`
  // until the next call. Forgets the history when the grouping changes. If the filter that selected the edges of
  // `snapshot` has changed (see MatchingEdges()), call ClearHistory() first.
  void Rebuild(std::shared_ptr<const Snapshot> snapshot, const Wish& wish);
  // Whether the history cannot go on with `snapshot`: there is none, it is of another grouping, or nobody looked for
  // seconds. Then call ClearHistory() before Rebuild(). Between them, RecordPast() may be called for successive
  // snapshots of the time before, so that the history begins with them.
  bool BeginsHistory(const Snapshot& snapshot, const Wish& wish) const;
  void RecordPast(const Snapshot& past, const Wish& wish);
  void ClearHistory() { history_.Clear(); }

  // Holds the present order until Thaw(). Meanwhile, the groups that have a row now keep their order, and Rebuild()
  // puts all other groups below them.
  void Freeze();
  void Thaw() { frozen_ranks_.clear(); }

  // The rows, in order. The row of everything that belongs to no group comes last, and only if it is not empty.
  const std::vector<GroupRow>& rows() const { return rows_; }
  // The snapshot of the last Rebuild(). Members of the rows refer to its lists. REQUIRES: Rebuild() was called.
  const Snapshot& snapshot() const { return *snapshot_; }
  const GroupRow& total() const { return total_; }
  // Whether failed and stalled connections of the groups are known.
  bool knows_failures() const { return !groups_.is_of_connections; }
  const GroupHistory& history() const { return history_; }

  // Returns a text for Filter::Parse() that selects the connections of a row; empty if there is no such text.
  std::string FilterOfRow(const GroupRow& row) const;

 private:
  // Groups the edges of `snapshot`, and records the groups in the history. Returns the id of each group.
  std::vector<uint64_t> Record(const Snapshot& snapshot, EdgeGroups* groups);
  GroupRow MakeRow(uint64_t id, const EdgeGroup* group, const EdgeSum& sum) const;
  void SetRates(GroupRow* row) const;
  void Sort();

  std::shared_ptr<const Snapshot> snapshot_;
  Wish wish_;
  EdgeGroups groups_;
  GroupHistory history_;
  std::vector<GroupRow> rows_;
  GroupRow total_;
  absl::flat_hash_map<uint64_t, size_t> frozen_ranks_;  // the frozen row, by id
};

// Returns the name of the workload of a group, "NAMESPACE/WORKLOAD" or "WORKLOAD". Empty if it has none.
std::string WorkloadNameOf(const EdgeGroup& group);

}  // namespace tcpgauge

#endif  // TCPGAUGE_TUI_GROUP_ORDER_H_
