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

// Counts HTTP requests by route and status, and measures how long they took.
//
// A route is a path that is served; all other paths share the route "other". Each served route gets its counter for
// status 200 in the constructor. So rate() sees the route's first request, and requests for unknown paths cannot use up
// that counter's room. A counter for another status is made when the first request needs it.
//
// Bounds: kRequestSamples samples in an exposition, including those of the histogram. When no room for another counter
// is left, the request is counted under route "other" and code "other".
//
// Thread: any. A lock is held while the counter is looked up.
class RequestMetrics final : public RequestObserver {
 public:
  // `metrics` must outlive this object. REQUIRES: at most 11 routes: kRequestSamples
  // less the histogram's 7 samples, less one counter for "other".
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
