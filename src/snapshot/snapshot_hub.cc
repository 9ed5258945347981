// SPDX-License-Identifier: Apache-2.0
#include "src/snapshot/snapshot_hub.h"

#include <algorithm>
#include <utility>

namespace tcpgauge {

SnapshotHub::SnapshotHub(const Clock* clock, int64_t tick_ns, Ask ask, int64_t longest_wait_ns)
    : clock_(clock),
      tick_ns_(tick_ns),
      ask_(std::move(ask)),
      longest_wait_ns_(longest_wait_ns),
      current_(std::make_shared<const Snapshot>()) {}

std::shared_ptr<const Snapshot> SnapshotHub::Current() const {
  const MutexLock lock(&mutex_);
  return current_;
}

std::shared_ptr<const Snapshot> SnapshotHub::Fresh() const {
  return Fresh([] { return false; });
}

std::shared_ptr<const Snapshot> SnapshotHub::Fresh(absl::FunctionRef<bool()> must_stop) const {
  if (ask_ == nullptr) return Current();
  const int64_t now_ns = clock_->SteadyNanoseconds();
  const int64_t begun_since_ns = now_ns - now_ns % tick_ns_;
  const MutexLock lock(&mutex_);
  if (current_->begun_ns >= begun_since_ns) return current_;
  ask_(begun_since_ns);
  const int64_t deadline_ns = SystemClock().SteadyNanoseconds() + longest_wait_ns_;
  while (current_->begun_ns < begun_since_ns && !must_stop()) {
    const int64_t wait_from_ns = SystemClock().SteadyNanoseconds();
    if (wait_from_ns >= deadline_ns) break;
    published_.WaitUntil(&mutex_, std::min(deadline_ns, wait_from_ns + kStopPollNs));
  }
  return current_;
}

void SnapshotHub::Publish(std::shared_ptr<const Snapshot> snapshot) {
  {
    const MutexLock lock(&mutex_);
    current_.swap(snapshot);  // the parameter outlives the lock, so the old snapshot is freed without it
  }
  published_.NotifyAll();
}

}  // namespace tcpgauge
