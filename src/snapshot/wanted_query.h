// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_SNAPSHOT_WANTED_QUERY_H_
#define TCPGAUGE_SRC_SNAPSHOT_WANTED_QUERY_H_

#include "absl/base/thread_annotations.h"
#include "src/base/mutex.h"
#include "src/base/wakeup.h"
#include "src/snapshot/connection_query.h"

namespace tcpgauge {

// What a view wants to see, for the one who fetches it from elsewhere.
// Thread: Post() the view's; Current() and the wakeup the fetcher's.
class WantedQuery {
 public:
  explicit WantedQuery(const ConnectionQuery& query) : query_(query) {}

  // Wakes the fetcher if it is another query than before.
  void Post(const ConnectionQuery& query) {
    {
      const MutexLock lock(&mutex_);
      if (query == query_) return;
      query_ = query;
    }
    changed_.Notify();
  }

  ConnectionQuery Current() const {
    const MutexLock lock(&mutex_);
    return query_;
  }

  Wakeup& changed() { return changed_; }

 private:
  mutable Mutex mutex_;
  ConnectionQuery query_ ABSL_GUARDED_BY(mutex_);
  Wakeup changed_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_SNAPSHOT_WANTED_QUERY_H_
