// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_NAMING_IDENTITY_HUB_H_
#define TCPGAUGE_SRC_NAMING_IDENTITY_HUB_H_

#include <memory>
#include <utility>

#include "src/base/mutex.h"
#include "src/naming/identity_counters.h"
#include "src/naming/identity_map.h"

namespace tcpgauge {

// Hands the latest identity map, and the counts of the thread that makes it, from that thread to the threads that show
// them. (Workers get the map through their mailbox.)
//
// Thread: any thread may call any function. The lock is held for the copy of a pointer, or of the counts.
class IdentityHub {
 public:
  // Never null.
  std::shared_ptr<const IdentityMap> Current() const {
    MutexLock lock(&mutex_);
    return map_;
  }
  // REQUIRES: `map` is not null.
  void Publish(std::shared_ptr<const IdentityMap> map) {
    MutexLock lock(&mutex_);
    map_.swap(map);
  }

  // Before the first SetCounters(), the counters have no sources.
  IdentityCounters counters() const {
    MutexLock lock(&mutex_);
    return counters_;
  }
  void SetCounters(IdentityCounters counters) {
    MutexLock lock(&mutex_);
    counters_ = std::move(counters);
  }

 private:
  mutable Mutex mutex_;
  IdentityCounters counters_ ABSL_GUARDED_BY(mutex_);
  std::shared_ptr<const IdentityMap> map_ ABSL_GUARDED_BY(mutex_) = std::make_shared<IdentityMap>();
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_NAMING_IDENTITY_HUB_H_
