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

std::shared_ptr<const Snapshot> SnapshotHub::Fresh(ListedRows listed_rows) const {
  return Fresh(listed_rows, [] { return false; });
}

std::shared_ptr<const Snapshot> SnapshotHub::Fresh(ListedRows listed_rows, absl::FunctionRef<bool()> must_stop) const {
  if (ask_ == nullptr) return Current();
  const int64_t now_ns = clock_->SteadyNanoseconds();
  const int64_t begun_since_ns = now_ns - now_ns % tick_ns_;
  const MutexLock lock(&mutex_);
  if (HasFresh(listed_rows, begun_since_ns)) return Latest(listed_rows);
  ask_(begun_since_ns, listed_rows);
  const int64_t deadline_ns = SystemClock().SteadyNanoseconds() + longest_wait_ns_;
  while (!HasFresh(listed_rows, begun_since_ns) && !must_stop()) {
    const int64_t wait_from_ns = SystemClock().SteadyNanoseconds();
    if (wait_from_ns >= deadline_ns) break;
    published_.WaitUntil(&mutex_, std::min(deadline_ns, wait_from_ns + kStopPollNs));
  }
  return Latest(listed_rows);
}

bool SnapshotHub::HasFresh(ListedRows listed_rows, int64_t begun_since_ns) const {
  const Snapshot& latest = *Latest(listed_rows);
  return latest.begun_ns >= begun_since_ns &&
         (listed_rows == ListedRows::kFew || latest.listed_rows == ListedRows::kAll);
}

void SnapshotHub::Publish(std::shared_ptr<const Snapshot> snapshot) {
  std::shared_ptr<const Snapshot> old_all;  // freed without the lock, as the old snapshot
  {
    const MutexLock lock(&mutex_);
    current_.swap(snapshot);
    if (current_->listed_rows == ListedRows::kAll) {
      old_all = std::exchange(current_all_, current_);
    } else if (current_all_ != nullptr && current_->begun_ns > INT64_MIN + kAllKeptNs &&
               current_all_->begun_ns < current_->begun_ns - kAllKeptNs) {
      old_all = std::move(current_all_);
    }
  }
  published_.NotifyAll();
}

}  // namespace tcpgauge
