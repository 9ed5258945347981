// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_CAPTURE_BATCH_QUEUE_H_
#define TCPGAUGE_SRC_CAPTURE_BATCH_QUEUE_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "absl/status/status.h"
#include "src/base/stop_signal.h"
#include "src/base/wakeup.h"
#include "src/capture/packet_source.h"

namespace tcpgauge {

// Hands batches of decoded packets, in order, from the thread that reads a file (the producer) to one worker (the
// consumer).
//
// Owns the batches. The producer may use a batch from Back() until Push(), and the consumer from Front() until Pop().
//
// Thread: one producer and one consumer. The comment of a method begins with the side that may call it. Back() and
// Front() may wait, but return soon after the stop signal.
// Bounds: kCapacity batches. When the queue is full, the producer waits until the consumer has popped half of them. So
// the producer is woken seldom.
class BatchQueue {
 public:
  static constexpr size_t kCapacity = 32;

  // `stop` must outlive the queue.
  explicit BatchQueue(const StopSignal* stop);

  // Producer: returns an empty batch to fill. If the queue is full, waits for room. Null if the stop signal ends the
  // wait. If Push() has not been called since the last Back(), returns the same batch again, emptied.
  PacketBatch* Back();
  // Producer: whether at least half of the batches wait for the consumer. The producer then has time to spare.
  bool is_half_full() const {
    return pushed_.load(std::memory_order_relaxed) - popped_.load(std::memory_order_relaxed) >= kCapacity / 2;
  }
  // Producer: hands over the batch that Back() returned last. Never waits.
  void Push();
  // Producer: says that no further batch will come. Call it once. `status` is why the reading ended. `time_ns` is the
  // packet time up to which the file was read (Unix epoch), or 0 if all packets went to this queue.
  void Close(const absl::Status& status, int64_t time_ns);

  // Consumer: returns the oldest batch. If the queue is empty, waits for a batch. Null if the queue is empty and either
  // Close() was called or the stop signal came.
  const PacketBatch* Front();
  // Consumer: gives back the batch that Front() returned, for the producer to fill again.
  void Pop();
  // Consumer: whether Close() was called. If not, Front() returned null because of the stop signal. REQUIRES: Front()
  // returned null.
  bool closed() const { return closed_.load(std::memory_order_acquire); }
  // Consumer: the arguments of Close(). REQUIRES: closed().
  const absl::Status& status() const { return status_; }
  int64_t end_time_ns() const { return end_time_ns_; }

 private:
  // One of the two sides. While it sleeps, the other side can wake it.
  struct Sleeper {
    Wakeup wakeup;
    std::atomic<bool> asleep{false};

    void Wake();
  };

  // Waits until `condition` holds or the stop signal comes. Returns whether `condition` holds.
  template <typename Condition>
  bool WaitFor(Condition condition, Sleeper* sleeper);

  const StopSignal& stop_;
  const std::unique_ptr<PacketBatch[]> ring_;
  std::atomic<uint64_t> pushed_{0};
  std::atomic<uint64_t> popped_{0};
  std::atomic<bool> closed_{false};
  absl::Status status_;
  int64_t end_time_ns_ = 0;
  Sleeper producer_;
  Sleeper consumer_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_CAPTURE_BATCH_QUEUE_H_
