#include "src/snapshot/snapshot_hub.h"

#include <utility>

namespace tcpgauge {

std::shared_ptr<const Snapshot> SnapshotHub::Current() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return current_;
}

void SnapshotHub::Publish(std::shared_ptr<const Snapshot> snapshot) {
  std::lock_guard<std::mutex> lock(mutex_);
  current_.swap(snapshot);  // the old one is released after the lock: the parameter outlives it
}

}  // namespace tcpgauge
