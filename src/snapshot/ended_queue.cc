// SPDX-License-Identifier: Apache-2.0
#include "src/snapshot/ended_queue.h"

#include <chrono>
#include <thread>

namespace tcpgauge {
namespace {

// How long a worker that waits for room sleeps at a time. The thread of the log takes longer to empty the ring.
constexpr std::chrono::microseconds kNap(100);

}  // namespace

EndedQueue::EndedQueue(bool may_wait, const Patience* patience, Wakeup* wakeup, prometheus::Counter* lost)
    : may_wait_(may_wait),
      patience_(*patience),
      wakeup_(*wakeup),
      lost_(*lost),
      ring_(new NamedEndedConnection[kCapacity]) {}

void EndedQueue::Push(const NamedEndedConnection& ended) {
  const uint64_t pushed = pushed_.load(std::memory_order_relaxed);
  while (pushed - popped_.load(std::memory_order_acquire) == kCapacity) {
    if (!may_wait_ || patience_.LeftNs() == 0) {
      lost_.Increment();
      return;
    }
    std::this_thread::sleep_for(kNap);
  }
  ring_[pushed % kCapacity] = ended;
  // Sequentially consistent with PrepareToWait(): either PrepareToWait() sees this entry, or Push() sees `waiting_`.
  pushed_.store(pushed + 1, std::memory_order_seq_cst);
  if (waiting_.load(std::memory_order_seq_cst) && waiting_.exchange(false)) wakeup_.Notify();
}

const NamedEndedConnection* EndedQueue::Front() const {
  const uint64_t popped = popped_.load(std::memory_order_relaxed);
  return pushed_.load(std::memory_order_acquire) == popped ? nullptr : &ring_[popped % kCapacity];
}

void EndedQueue::Pop() { popped_.store(popped_.load(std::memory_order_relaxed) + 1, std::memory_order_release); }

bool EndedQueue::PrepareToWait() {
  waiting_.store(true, std::memory_order_seq_cst);
  if (pushed_.load(std::memory_order_seq_cst) == popped_.load(std::memory_order_relaxed)) return true;
  waiting_.store(false, std::memory_order_seq_cst);
  return false;
}

}  // namespace tcpgauge
