// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_NAMING_IDENTITY_HUB_H_
#define TCPGAUGE_SRC_NAMING_IDENTITY_HUB_H_

#include <memory>
#include <utility>

#include "src/base/mutex.h"
#include "src/naming/identity_map.h"

namespace tcpgauge {

// Hands the latest identity map from the thread that makes it to the threads that show it. (Workers get it through
// their mailbox.)
//
// Thread: any thread may call any function. The lock is held for the copy of a pointer.
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

 private:
  mutable Mutex mutex_;
  std::shared_ptr<const IdentityMap> map_ ABSL_GUARDED_BY(mutex_) = std::make_shared<IdentityMap>();
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_NAMING_IDENTITY_HUB_H_
