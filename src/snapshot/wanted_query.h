// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_SNAPSHOT_WANTED_QUERY_H_
#define TCPGAUGE_SRC_SNAPSHOT_WANTED_QUERY_H_

#include "absl/base/thread_annotations.h"
#include "src/base/mutex.h"
#include "src/base/wakeup.h"
#include "src/snapshot/connection_query.h"

namespace tcpgauge {

// The query whose answer an attached view wants to show, and whether it wants edges. (An attached view is a top view of
// an agent in another process.) The view passes both to the thread that fetches snapshots from that agent.
//
// Thread: the view calls Post() and PostEdges(), and the fetching thread waits on changed(). Both threads may call
// Current() and wants_edges().
class WantedQuery {
 public:
  explicit WantedQuery(const ConnectionQuery& query) : query_(query) {}

  // Replaces the query and notifies changed(). Does nothing if the query is the same as before.
  void Post(const ConnectionQuery& query) {
    {
      const MutexLock lock(&mutex_);
      if (query == query_) return;
      query_ = query;
    }
    changed_.Notify();
  }

  // Says whether the view wants edges too. Notifies changed() if `wants_edges` differs from before.
  void PostEdges(bool wants_edges) {
    {
      const MutexLock lock(&mutex_);
      if (wants_edges == wants_edges_) return;
      wants_edges_ = wants_edges;
    }
    changed_.Notify();
  }

  bool wants_edges() const {
    const MutexLock lock(&mutex_);
    return wants_edges_;
  }

  // Returns a copy of the latest query.
  ConnectionQuery Current() const {
    const MutexLock lock(&mutex_);
    return query_;
  }

  // Is notified when Post() or PostEdges() has changed something.
  Wakeup& changed() { return changed_; }

 private:
  mutable Mutex mutex_;
  ConnectionQuery query_ ABSL_GUARDED_BY(mutex_);
  bool wants_edges_ ABSL_GUARDED_BY(mutex_) = false;
  Wakeup changed_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_SNAPSHOT_WANTED_QUERY_H_
