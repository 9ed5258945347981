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

// A connection that ended, and the name of the interface that it was counted on.
struct NamedEndedConnection {
  EndedConnection connection;
  const std::string* interface = nullptr;  // lives as long as the worker's state
};

// The connections that end, from one worker to the one thread that logs them.
//
// Thread: Push() on the worker, never waiting for a lock; the rest on the logging thread.
// Bounds: kCapacity entries. When full, Push() counts the connection in `lost` or, with `lossless` (for files, which
// wait), lets the logging thread run first. The counter takes no lock; several queues may share it.
class EndedQueue {
 public:
  static constexpr size_t kCapacity = 8192;

  // `wakeup` is notified when the logging thread waits and there is work. `wakeup` and `lost` must outlive the queue.
  EndedQueue(bool lossless, Wakeup* wakeup, prometheus::Counter* lost);

  void Push(const NamedEndedConnection& ended);

  // The oldest entry, or null; valid until Pop().
  const NamedEndedConnection* Front() const;
  // REQUIRES: Front() was not null.
  void Pop();

  // Announces that the logging thread is about to wait; false when there is an entry after all.
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
