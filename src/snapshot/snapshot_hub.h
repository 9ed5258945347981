// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_SNAPSHOT_SNAPSHOT_HUB_H_
#define TCPGAUGE_SRC_SNAPSHOT_SNAPSHOT_HUB_H_

#include <cstdint>
#include <functional>
#include <memory>

#include "absl/base/thread_annotations.h"
#include "src/base/clock.h"
#include "src/base/mutex.h"
#include "src/snapshot/snapshot.h"

namespace tcpgauge {

// Where the latest snapshot is to be had, and where a newer one is asked for: nothing is copied for nobody.
//
// Thread: safe for any, but workers do not know it: its lock is shared by the collector and the readers alone.
class SnapshotHub {
 public:
  // Asks the workers for a snapshot that is begun at this steady time or later. Called on the reader's thread,
  // perhaps several times for the same; must not wait.
  using Ask = std::function<void(int64_t begun_since_ns)>;

  // How long a reader waits for what it asked for: longer than passes over millions of connections take on a busy
  // machine, shorter than a scrape may.
  static constexpr int64_t kLongestWaitNs = 4 * kNanosecondsPerSecond;

  // Of snapshots that come without being asked for.
  SnapshotHub() : SnapshotHub(nullptr, 1, nullptr) {}
  // `ask` is called for a reader to whom what is there was begun before the last multiple of `tick_ns` of steady time:
  // so one that comes each tick sees something new each time. `clock` must outlive the hub.
  SnapshotHub(const Clock* clock, int64_t tick_ns, Ask ask, int64_t longest_wait_ns = kLongestWaitNs);

  // What is there, never null; before the first Publish() an empty snapshot of sequence 0.
  std::shared_ptr<const Snapshot> Current() const;

  // One of this tick: asks for it and waits, unless it is there. When none comes in time, what is there.
  std::shared_ptr<const Snapshot> Fresh() const;

  void Publish(std::shared_ptr<const Snapshot> snapshot);

 private:
  const Clock* const clock_;
  const int64_t tick_ns_;
  const Ask ask_;  // or null
  const int64_t longest_wait_ns_;
  mutable Mutex mutex_;
  mutable CondVar published_;
  std::shared_ptr<const Snapshot> current_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_SNAPSHOT_SNAPSHOT_HUB_H_
