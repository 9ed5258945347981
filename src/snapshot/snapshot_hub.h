#ifndef TCPGAUGE_SRC_SNAPSHOT_SNAPSHOT_HUB_H_
#define TCPGAUGE_SRC_SNAPSHOT_SNAPSHOT_HUB_H_

#include <cstdint>
#include <memory>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "src/snapshot/snapshot.h"

namespace tcpgauge {

// Where the latest snapshot is to be had.
//
// Thread: safe for any, but capture threads do not know it: its lock is shared by the collector and the readers alone,
// and is held for the copy of one pointer.
class SnapshotHub {
 public:
  SnapshotHub() : current_(std::make_shared<const Snapshot>()) {}

  // Never null; before the first Publish() an empty snapshot of sequence 0. Never waits for a new one.
  std::shared_ptr<const Snapshot> Current() const;

  // Waits until a snapshot with a sequence above `sequence` is there, or `timeout` has passed; then as Current().
  std::shared_ptr<const Snapshot> WaitForNewer(uint64_t sequence, absl::Duration timeout) const;

  void Publish(std::shared_ptr<const Snapshot> snapshot);

 private:
  mutable absl::Mutex mutex_;
  std::shared_ptr<const Snapshot> current_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_SNAPSHOT_SNAPSHOT_HUB_H_
