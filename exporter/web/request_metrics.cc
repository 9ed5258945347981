// SPDX-License-Identifier: Apache-2.0
#include "exporter/web/request_metrics.h"

#include <iterator>

#include "exporter/metrics/series_plan.h"
#include "src/base/check.h"
#include "src/base/utf8.h"

namespace tcpgauge {
namespace {

constexpr char kOther[] = "other";
constexpr int kOk = 200;

// An answer from memory takes less than the first bound. One that waits for a snapshot takes milliseconds. Only on an
// overloaded machine does an answer take longer than the last bound.
constexpr double kSecondsBounds[] = {0.001, 0.01, 0.1, 1};

// A histogram has a sample for each bound, for infinity, for the sum and for the count.
constexpr size_t kHistogramSamples = std::size(kSecondsBounds) + 3;
constexpr size_t kMaxCounters = kRequestSamples - kHistogramSamples - 1;  // 1: route "other", code "other"

}  // namespace

RequestMetrics::RequestMetrics(const std::vector<std::string>& routes, AgentMetrics* metrics)
    : metrics_(*metrics),
      seconds_(metrics->Histogram(Metric::kHttpRequestDuration, kSecondsBounds)),
      other_{kOther, {}} {
  TCPGAUGE_CHECK(routes.size() < kMaxCounters);
  for (const std::string& path : routes) {
    Route& route = routes_[path];
    route.label = ToValidUtf8(path);
    MakeCounter(&route, kOk);
  }
}

void RequestMetrics::OnAnswer(const AnsweredRequest& request) {
  seconds_.Observe(request.seconds);
  CounterFor(request).Increment();
}

prometheus::Counter& RequestMetrics::CounterFor(const AnsweredRequest& request) {
  const MutexLock lock(&mutex_);
  const auto found = routes_.find(request.path);
  Route& route = found == routes_.end() ? other_ : found->second;
  const auto known = route.counters.find(request.status);
  if (known != route.counters.end()) return *known->second;
  if (counters_ == kMaxCounters) return metrics_.Counter(Metric::kHttpRequests, {kOther, kOther});
  return MakeCounter(&route, request.status);
}

prometheus::Counter& RequestMetrics::MakeCounter(Route* route, int status) {
  prometheus::Counter& made = metrics_.Counter(Metric::kHttpRequests, {route->label, std::to_string(status)});
  route->counters.emplace(status, &made);
  ++counters_;
  return made;
}

}  // namespace tcpgauge
