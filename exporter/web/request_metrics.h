// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_WEB_REQUEST_METRICS_H_
#define TCPGAUGE_EXPORTER_WEB_REQUEST_METRICS_H_

#include <prometheus/counter.h>
#include <prometheus/histogram.h>

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "exporter/http/request_observer.h"
#include "exporter/metrics/agent_metrics.h"
#include "src/base/mutex.h"

namespace tcpgauge {

// Counts HTTP requests by route and status (the labels `route` and `code`). Observes AnsweredRequest::seconds in a
// histogram.
//
// A route is a path that is served. All other paths share the route "other". The constructor makes a counter of each
// served route for status 200. This has two reasons: PromQL's rate() sees the route's first request, and requests for
// unknown paths cannot use up the room of this counter. Any other counter is made when a request first needs it.
//
// Bounds: kRequestSamples samples in an exposition, including those of the histogram of durations. When there is no
// room for a counter that a request needs, the request is counted under route "other" and code "other".
//
// Thread: any. OnAnswer() looks the counter up under a lock.
class RequestMetrics final : public RequestObserver {
 public:
  // `routes` are the paths that are served. `metrics` must outlive this object.
  //
  // REQUIRES: at most 11 routes. Of kRequestSamples (20), the histogram takes 7, and the counter with route "other" and
  // code "other" takes 1. The remaining 12 have room for 11 routes, and for at least one counter of another status.
  RequestMetrics(const std::vector<std::string>& routes, AgentMetrics* metrics);

  void OnAnswer(const AnsweredRequest& request) override;

 private:
  struct Route {
    std::string label;
    std::map<int, prometheus::Counter*> counters;  // by status
  };

  prometheus::Counter& CounterFor(const AnsweredRequest& request);
  prometheus::Counter& MakeCounter(Route* route, int status) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  AgentMetrics& metrics_;
  prometheus::Histogram& seconds_;
  Mutex mutex_;
  std::map<std::string, Route, std::less<>> routes_ ABSL_GUARDED_BY(mutex_);
  Route other_ ABSL_GUARDED_BY(mutex_);
  size_t counters_ ABSL_GUARDED_BY(mutex_) = 0;  // in all routes together
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_WEB_REQUEST_METRICS_H_
