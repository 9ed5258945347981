// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_SNAPSHOT_WANTED_QUERY_H_
#define TCPGAUGE_SRC_SNAPSHOT_WANTED_QUERY_H_

#include "absl/base/thread_annotations.h"
#include "src/base/mutex.h"
#include "src/base/wakeup.h"
#include "src/snapshot/connection_query.h"

namespace tcpgauge {

// The query of an attached view, for the thread that fetches snapshots from the agent.
//
// Thread: the view calls Post(), and the fetching thread waits on changed(); both call Current().
class WantedQuery {
 public:
  explicit WantedQuery(const ConnectionQuery& query) : query_(query) {}

  // Replaces the query, and wakes the fetching thread if the query is new.
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
