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

// Holds the latest snapshot, and lets a reader request a newer one.
//
// Design. With many short connections, copying, merging and sorting all connections each second took more than a third
// of the agent's processor time, and a Prometheus server reads only one of fifteen such snapshots. So a snapshot is
// made when a reader requests one. The reader gets one that was started in the current tick, so it is never staler than
// with a copy each second, and two readers within a tick see the same snapshot. Without readers, a snapshot is made
// at least every CaptureWorker::kUnaskedIntervalNs. Snapshots of a file are published by time alone, because a pipe
// that falls silent could not answer a request.
//
// Thread: safe from any thread. Only the collector and the readers take its lock; a worker never does.
class SnapshotHub {
 public:
  // Asks the workers for a snapshot that is started at this steady time or later. Called on the reader's thread,
  // perhaps several times with the same time. Must not wait.
  using Ask = std::function<void(int64_t begun_since_ns)>;

  // How long Fresh() waits at most: longer than a pass over millions of connections on a busy machine, shorter than the
  // time-out of a scrape.
  static constexpr int64_t kLongestWaitNs = 4 * kNanosecondsPerSecond;

  // A hub without requests: Fresh() is Current().
  SnapshotHub() : SnapshotHub(nullptr, 1, nullptr) {}
  // Fresh() calls `ask` when the current snapshot is older than the current tick (steady time rounded down to
  // `tick_ns`). `clock` must outlive the hub.
  SnapshotHub(const Clock* clock, int64_t tick_ns, Ask ask, int64_t longest_wait_ns = kLongestWaitNs);

  // The latest snapshot, never null. Before the first Publish() it is empty and has sequence 0.
  std::shared_ptr<const Snapshot> Current() const;

  // A snapshot that was started in the current tick. If the latest is older, requests a new one and waits for it; when
  // that does not come in time, returns the latest.
  std::shared_ptr<const Snapshot> Fresh() const;

  void Publish(std::shared_ptr<const Snapshot> snapshot);

 private:
  const Clock* const clock_;
  const int64_t tick_ns_;
  const Ask ask_;  // empty = no requests
  const int64_t longest_wait_ns_;
  mutable Mutex mutex_;
  mutable CondVar published_;
  std::shared_ptr<const Snapshot> current_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_SNAPSHOT_SNAPSHOT_HUB_H_
