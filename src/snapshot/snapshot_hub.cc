// SPDX-License-Identifier: Apache-2.0
#include "src/snapshot/snapshot_hub.h"

#include <chrono>
#include <utility>

namespace tcpgauge {

SnapshotHub::SnapshotHub(const Clock* clock, int64_t tick_ns, Ask ask, int64_t longest_wait_ns)
    : clock_(clock),
      tick_ns_(tick_ns),
      ask_(std::move(ask)),
      longest_wait_ns_(longest_wait_ns),
      current_(std::make_shared<const Snapshot>()) {}

std::shared_ptr<const Snapshot> SnapshotHub::Current() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return current_;
}

std::shared_ptr<const Snapshot> SnapshotHub::Fresh() const {
  if (ask_ == nullptr) return Current();
  const int64_t now_ns = clock_->SteadyNanoseconds();
  const int64_t begun_since_ns = now_ns - now_ns % tick_ns_;
  const auto is_fresh = [this, begun_since_ns] { return current_->begun_ns >= begun_since_ns; };
  std::unique_lock<std::mutex> lock(mutex_);
  if (!is_fresh()) {
    ask_(begun_since_ns);
    published_.wait_for(lock, std::chrono::nanoseconds(longest_wait_ns_), is_fresh);
  }
  return current_;
}

void SnapshotHub::Publish(std::shared_ptr<const Snapshot> snapshot) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    current_.swap(snapshot);  // the old one is released after the lock: the parameter outlives it
  }
  published_.notify_all();
}

}  // namespace tcpgauge
