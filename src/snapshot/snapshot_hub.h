// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_SNAPSHOT_SNAPSHOT_HUB_H_
#define TCPGAUGE_SRC_SNAPSHOT_SNAPSHOT_HUB_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>

#include "absl/base/thread_annotations.h"
#include "absl/functional/function_ref.h"
#include "src/base/clock.h"
#include "src/base/mutex.h"
#include "src/snapshot/listed_rows.h"
#include "src/snapshot/snapshot.h"

namespace tcpgauge {

// Holds the latest snapshot, and lets a reader request a newer one. Steady time is divided into ticks of one second, or
// of 0.1 s with the option -f.
//
// Design. A snapshot is made when a reader requests it. Making one each second (copy, merge, sort) took more than a
// third of the agent's processor time when there were many short connections. A Prometheus server that scrapes every 15
// s reads only one of fifteen such snapshots.
//
// - The reader gets a snapshot that was begun in the current tick. This is as fresh as if a snapshot were made each
//   tick.
// - Readers within the same tick see the same snapshot.
// - Without readers, workers publish at least every CaptureWorker::kUnaskedIntervalNs.
// - When a file is read, the hub makes no requests. A snapshot is published each tick, if readers can come before the
//   end of the file. The file may be a pipe: a worker that waits for a silent pipe could not answer a request.
// - With the top view, a snapshot is published each tick too. The view would request one each tick anyway.
//
// Thread: any. Only the collector and the readers take the lock of the hub; a worker never does.
class SnapshotHub {
 public:
  // Asks the workers for a snapshot that begins at the steady time `begun_since_ns` or later, and lists as much as
  // `listed_rows` says. Fresh() calls this function on the reader's thread, possibly several times with the same
  // argument. The function must not wait, and must not call the hub, because Fresh() holds the lock of the hub.
  using Ask = std::function<void(int64_t begun_since_ns, ListedRows listed_rows)>;

  // How long Fresh() waits at most. This is longer than a pass over millions of connections on a busy machine, and
  // shorter than the time-out of a scrape.
  static constexpr int64_t kLongestWaitNs = 4 * kNanosecondsPerSecond;

  // How long a snapshot that lists all connections is kept beside later ones that list few.
  static constexpr int64_t kAllKeptNs = 10 * kNanosecondsPerSecond;

  // How often Fresh() calls `must_stop` while it waits.
  static constexpr int64_t kStopPollNs = 20 * kNanosecondsPerMillisecond;

  // A hub that makes no requests: Fresh() returns the same as Current().
  SnapshotHub() : SnapshotHub(nullptr, 1, nullptr) {}
  // A hub that requests snapshots with `ask`. The current tick starts at the steady time of `clock`, rounded down to a
  // multiple of `tick_ns`. `clock` must outlive the hub. If `ask` is empty, the hub makes no requests.
  // `longest_wait_ns` replaces kLongestWaitNs in tests.
  SnapshotHub(const Clock* clock, int64_t tick_ns, Ask ask, int64_t longest_wait_ns = kLongestWaitNs);

  // Returns the latest snapshot, without waiting. Never null. Before the first Publish(), the snapshot is empty and has
  // the sequence 0.
  std::shared_ptr<const Snapshot> Current() const;

  // Returns a snapshot that was begun in the current tick and lists as much as `listed_rows` says. If there is none,
  // requests one and waits for at most kLongestWaitNs. If none comes in that time, returns the latest snapshot, if
  // possible one that lists as much. Never null. SystemClock() measures the wait, even if the hub has another clock.
  std::shared_ptr<const Snapshot> Fresh(ListedRows listed_rows) const;
  // As above, but when `must_stop` returns true, stops waiting as if the time were over. Calls `must_stop` before it
  // waits and every kStopPollNs. `must_stop` must not call the hub, because Fresh() holds the lock of the hub.
  std::shared_ptr<const Snapshot> Fresh(ListedRows listed_rows, absl::FunctionRef<bool()> must_stop) const;

  // Replaces the latest snapshot, and wakes all readers that wait in Fresh(). REQUIRES: `snapshot` is not null.
  void Publish(std::shared_ptr<const Snapshot> snapshot);

 private:
  const Clock* const clock_;
  const int64_t tick_ns_;
  const Ask ask_;  // may be empty
  const int64_t longest_wait_ns_;
  mutable Mutex mutex_;
  mutable CondVar published_;
  // Returns the latest snapshot that lists as much as `listed_rows` says. If none is kept, returns the latest one.
  const std::shared_ptr<const Snapshot>& Latest(ListedRows listed_rows) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return listed_rows == ListedRows::kAll && current_all_ != nullptr ? current_all_ : current_;
  }

  // Whether Latest() was begun at `begun_since_ns` or later, and lists as much as `listed_rows` says.
  bool HasFresh(ListedRows listed_rows, int64_t begun_since_ns) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  std::shared_ptr<const Snapshot> current_ ABSL_GUARDED_BY(mutex_);
  // The latest snapshot that lists all connections. Null if there was none, or if it began more than kAllKeptNs before
  // the latest one.
  std::shared_ptr<const Snapshot> current_all_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_SNAPSHOT_SNAPSHOT_HUB_H_
