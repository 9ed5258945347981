#ifndef TCPGAUGE_SRC_SNAPSHOT_SNAPSHOT_HUB_H_
#define TCPGAUGE_SRC_SNAPSHOT_SNAPSHOT_HUB_H_

#include <memory>
#include <mutex>

#include "src/snapshot/snapshot.h"

namespace tcpgauge {

// Where the latest snapshot is to be had.
//
// Thread: safe for any, but capture threads do not know it: its lock is shared by the collector and the readers alone,
// and is held for the copy of one pointer.
class SnapshotHub {
 public:
  SnapshotHub() : current_(std::make_shared<const Snapshot>()) {}

  // Never null; before the first Publish() an empty snapshot of sequence 0.
  std::shared_ptr<const Snapshot> Current() const;

  void Publish(std::shared_ptr<const Snapshot> snapshot);

 private:
  // Of the standard library, because the thread sanitizer knows nothing of what Debian's abseil does.
  mutable std::mutex mutex_;  // guards current_
  std::shared_ptr<const Snapshot> current_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_SNAPSHOT_SNAPSHOT_HUB_H_
