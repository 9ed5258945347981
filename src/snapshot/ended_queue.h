// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_SNAPSHOT_ENDED_QUEUE_H_
#define TCPGAUGE_SRC_SNAPSHOT_ENDED_QUEUE_H_

#include <prometheus/counter.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "src/base/patience.h"
#include "src/base/wakeup.h"
#include "src/flow/connection_summary.h"

namespace tcpgauge {

// A connection that ended, and the interface that it was counted on.
struct NamedEndedConnection {
  EndedConnection connection;
  std::string interface;  // the interface's name, copied: the worker may forget the interface before the entry is read
};

// A ring of ended connections, from one worker to the thread that logs them.
//
// Thread: the worker's thread calls Push(), which takes no lock. After this thread has ended, another thread may call
// Push() (see WaitFromNowOn()). The logging thread calls the other methods.
// Bounds: kCapacity entries. When the ring is full, Push() drops the connection and counts it in `lost` (see the
// constructor). If Push() may wait, it first waits for room, as long as `patience` lasts. It may wait when a file is
// read, and when the process ends. In a live capture it must not wait.
class EndedQueue {
 public:
  static constexpr size_t kCapacity = 8192;

  // `may_wait` says whether Push() may wait for room. The logging thread waits on `wakeup`, which Push() notifies.
  // `patience`, `wakeup` and `lost` must outlive the queue. Several queues may share them.
  EndedQueue(bool may_wait, const Patience* patience, Wakeup* wakeup, prometheus::Counter* lost);

  // Appends an entry. If the logging thread waits, wakes it, which costs a system call.
  void Push(const NamedEndedConnection& ended);
  // From now on, Push() may wait. Call it when the worker's thread has ended, on the thread that then calls Push().
  void WaitFromNowOn() { may_wait_ = true; }

  // Returns the oldest entry, which is valid until Pop(). Returns null when the queue is empty.
  const NamedEndedConnection* Front() const;
  // Removes the oldest entry. REQUIRES: Front() is not null.
  void Pop();

  // Call this before each wait. If the queue is empty, returns true, and the next Push() notifies `wakeup`. Otherwise
  // returns false: do not wait, because an entry came before the call.
  bool PrepareToWait();

 private:
  bool may_wait_;
  const Patience& patience_;
  Wakeup& wakeup_;
  prometheus::Counter& lost_;
  const std::unique_ptr<NamedEndedConnection[]> ring_;
  std::atomic<uint64_t> pushed_{0};
  std::atomic<uint64_t> popped_{0};
  std::atomic<bool> waiting_{false};
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_SNAPSHOT_ENDED_QUEUE_H_
