// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_SNAPSHOT_ENDED_QUEUE_H_
#define TCPGAUGE_SRC_SNAPSHOT_ENDED_QUEUE_H_

#include <prometheus/counter.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "src/base/wakeup.h"
#include "src/flow/connection_summary.h"

namespace tcpgauge {

// A connection that ended, with the name of the interface it was counted on.
struct NamedEndedConnection {
  EndedConnection connection;
  const std::string* interface = nullptr;  // owned by the worker, which outlives the entry
};

// Hands the connections that end from one worker to the thread that logs them.
//
// Thread: the worker calls Push(), which takes no lock; the logging thread calls the other methods.
// Bounds: kCapacity entries. When the queue is full, Push() drops the connection and counts it in `lost`. With
// `lossless` (for files, which can wait), Push() yields until the logging thread has made room. Several queues may
// share `lost`, a counter without a lock.
class EndedQueue {
 public:
  static constexpr size_t kCapacity = 8192;

  // Push() notifies `wakeup` when the logging thread waits. `wakeup` and `lost` must outlive the queue.
  EndedQueue(bool lossless, Wakeup* wakeup, prometheus::Counter* lost);

  void Push(const NamedEndedConnection& ended);

  // The oldest entry, or null; valid until Pop().
  const NamedEndedConnection* Front() const;
  // REQUIRES: Front() was not null.
  void Pop();

  // Announces that the logging thread is about to wait. False when the queue has an entry: then it must not wait.
  bool PrepareToWait();

 private:
  const bool lossless_;
  Wakeup& wakeup_;
  prometheus::Counter& lost_;
  const std::unique_ptr<NamedEndedConnection[]> ring_;
  std::atomic<uint64_t> pushed_{0};
  std::atomic<uint64_t> popped_{0};
  std::atomic<bool> waiting_{false};
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_SNAPSHOT_ENDED_QUEUE_H_
