// SPDX-License-Identifier: Apache-2.0
#include "src/capture/batch_queue.h"

#include <thread>

namespace tcpgauge {
namespace {

// The other thread usually finishes a batch soon, so checking again costs less than sleeping.
constexpr int kChecksBeforeSleep = 64;

}  // namespace

BatchQueue::BatchQueue(const StopSignal* stop) : stop_(*stop), ring_(new PacketBatch[kCapacity]) {}

template <typename Condition>
bool BatchQueue::WaitFor(Condition condition, Sleeper* sleeper) {
  for (int i = 0; i < kChecksBeforeSleep; ++i) {
    if (condition()) return true;
    std::this_thread::yield();
  }
  while (!stop_.stopped()) {
    // Sequentially consistent with Wake(): either this thread sees the change, or the other sees that this one sleeps.
    sleeper->asleep.store(true, std::memory_order_seq_cst);
    if (condition()) return true;
    sleeper->wakeup.Wait(stop_.fd(), -1);
  }
  return condition();
}

void BatchQueue::Sleeper::Wake() {
  if (asleep.load(std::memory_order_seq_cst) && asleep.exchange(false)) wakeup.Notify();
}

PacketBatch* BatchQueue::Back() {
  const uint64_t pushed = pushed_.load(std::memory_order_relaxed);
  if (pushed - popped_.load(std::memory_order_acquire) == kCapacity) {
    const auto half_empty = [&] { return pushed - popped_.load(std::memory_order_seq_cst) <= kCapacity / 2; };
    if (!WaitFor(half_empty, &producer_)) return nullptr;
  }
  PacketBatch* batch = &ring_[pushed % kCapacity];
  batch->clear();
  return batch;
}

void BatchQueue::Push() {
  pushed_.fetch_add(1, std::memory_order_seq_cst);
  consumer_.Wake();
}

void BatchQueue::Close(const absl::Status& status, int64_t time_ns) {
  status_ = status;
  end_time_ns_ = time_ns;
  closed_.store(true, std::memory_order_seq_cst);
  consumer_.Wake();
}

const PacketBatch* BatchQueue::Front() {
  const uint64_t popped = popped_.load(std::memory_order_relaxed);
  const auto has_batch = [&] { return pushed_.load(std::memory_order_seq_cst) != popped; };
  if (!has_batch()) WaitFor([&] { return has_batch() || closed_.load(std::memory_order_seq_cst); }, &consumer_);
  return has_batch() ? &ring_[popped % kCapacity] : nullptr;
}

void BatchQueue::Pop() {
  const uint64_t popped = popped_.fetch_add(1, std::memory_order_seq_cst) + 1;
  if (pushed_.load(std::memory_order_relaxed) - popped <= kCapacity / 2) producer_.Wake();
}

}  // namespace tcpgauge
