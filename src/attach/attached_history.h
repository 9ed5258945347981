// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_ATTACH_ATTACHED_HISTORY_H_
#define TCPGAUGE_SRC_ATTACH_ATTACHED_HISTORY_H_

#include <cstddef>
#include <cstdint>
#include <optional>

#include "src/attach/history_from_json.h"
#include "src/naming/identity_pool.h"
#include "src/snapshot/history.h"
#include "src/snapshot/snapshot.h"

namespace tcpgauge {

// The last minute of the edges of an agent elsewhere. It begins with what the agent remembers, and goes on with the
// edges of its snapshots.
//
// Design. The agent is asked once, and not each second, because a history costs it more than a snapshot. So a view that
// groups the edges otherwise, or chooses others, has the past at once.
//
// Thread: confined to one thread. Any thread may read history().
// Time: Snapshot::time_ns of the agent's snapshots.
// Bounds: kSeconds of a History, and the names of the edges in it. Some 2 MB for 1,000 edges, without names.
class AttachedHistory {
 public:
  static constexpr size_t kSeconds = 70;  // what a top view shows, and some more

  // The snapshots have at most `max_edges` edges.
  explicit AttachedHistory(size_t max_edges) : history_(max_edges, kSeconds) {}

  // Whether `snapshot`, which has edges, goes on where the history ends. If not, call Begin() first.
  bool LeadsTo(const Snapshot& snapshot) const;

  // Forgets everything and begins with `past`, whose names identities() has numbered. If `past` does not lead to
  // `snapshot`, begins with nothing at the time of `snapshot`.
  void Begin(const HistoryAnswer& past, const Snapshot& snapshot);

  // Takes a sample of the edges of `snapshot`, if about a second has passed since the last one. REQUIRES: LeadsTo().
  void Record(const Snapshot& snapshot);

  IdentityPool* identities() { return &identities_; }

  // Has no totals and no response times. Valid as long as this object.
  const History& history() const { return history_; }

 private:
  HistoryEdge EdgeOf(const EdgeView& edge);

  History history_;
  IdentityPool identities_;
  std::optional<int64_t> end_ns_;  // of the last second
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_ATTACH_ATTACHED_HISTORY_H_
