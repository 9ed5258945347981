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

// Decoded packets on their way from the thread that reads a file to one worker, batch by batch and in order.
//
// Thread: one producer, one consumer; each waits for the other, until stopped. A batch belongs to the producer until
// Push(), then to the consumer until Pop().
// Bounds: kCapacity batches. A producer that found it full goes on when half of them are consumed.
class BatchQueue {
 public:
  static constexpr size_t kCapacity = 32;

  // `stop` must outlive it.
  explicit BatchQueue(const StopSignal* stop);

  // Producer: an empty batch to fill; waits for room. Null when stopped.
  PacketBatch* Back();
  // Whether the consumer is behind: the producer has time to spare.
  bool crowded() const {
    return pushed_.load(std::memory_order_relaxed) - popped_.load(std::memory_order_relaxed) >= kCapacity / 2;
  }
  // Hands over the batch that Back() returned.
  void Push();
  // No more comes: the packets ended with `status` at `time_ns`.
  void Close(const absl::Status& status, int64_t time_ns);

  // Consumer: the oldest batch; waits for one. Null when closed and empty, or stopped.
  const PacketBatch* Front();
  void Pop();
  // REQUIRES: Front() returned null.
  bool closed() const { return closed_.load(std::memory_order_acquire); }
  // REQUIRES: closed().
  const absl::Status& status() const { return status_; }
  int64_t end_time_ns() const { return end_time_ns_; }

 private:
  // A thread that may sleep until the other notifies it.
  struct Sleeper {
    Wakeup wakeup;
    std::atomic<bool> asleep{false};

    void Wake();
  };

  // False when stopped instead.
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
