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

// Hands decoded packets from the thread that reads a file to one worker, batch by batch and in order.
//
// Owns the batches. A batch may be used by the producer until Push(), then by the consumer until Pop().
// Thread: one producer and one consumer. Each waits for the other, until stopped.
// Bounds: kCapacity batches. A producer that finds the queue full waits until half of the batches are consumed.
class BatchQueue {
 public:
  static constexpr size_t kCapacity = 32;

  // `stop` must outlive the queue.
  explicit BatchQueue(const StopSignal* stop);

  // Producer: returns an empty batch to fill. Waits for room; null when stopped.
  PacketBatch* Back();
  // Producer: whether the consumer is so far behind that the producer has time to spare.
  bool is_half_full() const {
    return pushed_.load(std::memory_order_relaxed) - popped_.load(std::memory_order_relaxed) >= kCapacity / 2;
  }
  // Producer: hands over the batch that Back() returned.
  void Push();
  // Producer: announces that no batch follows. `time_ns` is the table time at the end (Unix epoch).
  void Close(const absl::Status& status, int64_t time_ns);

  // Consumer: returns the oldest batch. Waits for one; null when the queue is closed and empty, or stopped.
  const PacketBatch* Front();
  void Pop();
  // REQUIRES: Front() returned null.
  bool closed() const { return closed_.load(std::memory_order_acquire); }
  // What Close() was given. REQUIRES: closed().
  const absl::Status& status() const { return status_; }
  int64_t end_time_ns() const { return end_time_ns_; }

 private:
  // One of the two threads: it may sleep until the other one wakes it.
  struct Sleeper {
    Wakeup wakeup;
    std::atomic<bool> asleep{false};

    void Wake();
  };

  // Waits until `condition` holds; false when stopped before.
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
