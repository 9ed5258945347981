#include "src/snapshot/snapshot_hub.h"

#include <utility>

namespace tcpgauge {

std::shared_ptr<const Snapshot> SnapshotHub::Current() const {
  absl::MutexLock lock(&mutex_);
  return current_;
}

std::shared_ptr<const Snapshot> SnapshotHub::WaitForNewer(uint64_t sequence, absl::Duration timeout) const {
  const auto is_newer = [this, sequence]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) { return current_->sequence > sequence; };
  absl::MutexLock lock(&mutex_);
  mutex_.AwaitWithTimeout(absl::Condition(&is_newer), timeout);
  return current_;
}

void SnapshotHub::Publish(std::shared_ptr<const Snapshot> snapshot) {
  absl::MutexLock lock(&mutex_);
  current_.swap(snapshot);  // the old one is released outside the lock
}

}  // namespace tcpgauge
