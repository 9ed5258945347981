// SPDX-License-Identifier: Apache-2.0
#include "exporter/http/request_lanes.h"

#include <algorithm>
#include <utility>

#include "src/base/clock.h"
#include "src/base/time_units.h"

namespace tcpgauge {
namespace {

constexpr size_t kMetricsThreads = 2;
constexpr size_t kCostlyThreads = 2;
constexpr size_t kOtherThreads = 2;
// While one waits for a file system, the other uses what was read before.
constexpr size_t kTlsThreads = 2;

HttpResponse TooMany() {
  HttpResponse refusal;
  refusal.status = 503;
  refusal.headers.emplace_back("Retry-After", "1");
  refusal.body = "503 service unavailable: too many requests of this kind wait; try again later\n";
  return refusal;
}

double SecondsSince(int64_t begin_ns) { return ToSeconds(SystemClock().SteadyNanoseconds() - begin_ns); }

}  // namespace

struct RequestLanes::Job {
  std::string client;
  bool is_first;
  HttpLane lane;
  std::shared_ptr<const HttpRequest> request;
  Done done;
  bool is_admitted = false;
};

RequestLanes::RequestLanes(const HttpService* service, size_t connections)
    : service_(*service),
      connections_(connections),
      health_("http-health", 1),
      metrics_("http-metrics", kMetricsThreads),
      costly_("http-costly", kCostlyThreads, Lane::Priority::kLow),
      other_("http-other", kOtherThreads),
      passwords_("http-passwords", service->guard == nullptr ? 0 : 1, Lane::Priority::kLow),
      tls_("http-tls", service->tls == nullptr ? 0 : kTlsThreads) {}

Lane& RequestLanes::LaneOf(HttpLane lane) {
  switch (lane) {
    case HttpLane::kHealth:
      return health_;
    case HttpLane::kMetrics:
      return metrics_;
    case HttpLane::kCostly:
      return costly_;
    case HttpLane::kOther:
      break;
  }
  return other_;
}

bool RequestLanes::HasRoom(const Job& job) const {
  if (job.lane != HttpLane::kCostly) return true;
  return costly_.count() < std::max(connections_ / 4, kCostlyThreads) && costly_.CountOf(job.client) < kMostCostlyOfOne;
}

void RequestLanes::Answer(const std::string& client, bool is_first, std::shared_ptr<const HttpRequest> request,
                          Done done) {
  const HttpLane lane = service_.lane_of == nullptr ? HttpLane::kOther : service_.lane_of(request->path);
  const auto job = std::make_shared<Job>(Job{client, is_first, lane, std::move(request), std::move(done)});
  const bool is_full = LaneOf(lane).count() >= kMostOfLane * connections_;
  if (is_full || !HasRoom(*job)) return Finish(job.get(), TooMany());
  LaneOf(lane).Add(client, is_first, [this, job] { Run(job); });
}

void RequestLanes::Run(const std::shared_ptr<Job>& job) {
  if (job->request->IsAbandoned()) return Finish(job.get(), TooMany());
  const int64_t begin_ns = SystemClock().SteadyNanoseconds();
  HttpResponse response;
  RequestGuard::Decision decision;
  if (service_.guard != nullptr && !job->is_admitted) decision = service_.guard->Decide(*job->request);
  switch (decision.verdict) {
    case RequestGuard::Verdict::kCheckPassword:
      if (passwords_.count() >= connections_ / 2 || passwords_.CountOf(job->client) >= connections_ / 4) {
        return Finish(job.get(), TooMany());
      }
      return passwords_.Add(job->client, job->is_first, [this, job] { CheckPassword(job); });
    case RequestGuard::Verdict::kRefuse:
      response = std::move(decision.refusal);
      break;
    case RequestGuard::Verdict::kAdmit:
      response = service_.handler(*job->request);
      break;
  }
  Finish(job.get(), std::move(response), SecondsSince(begin_ns));
}

void RequestLanes::CheckPassword(const std::shared_ptr<Job>& job) {
  if (job->request->IsAbandoned()) return Finish(job.get(), TooMany());
  const int64_t begin_ns = SystemClock().SteadyNanoseconds();
  RequestGuard::Decision decision = service_.guard->CheckPassword(*job->request);
  if (decision.verdict == RequestGuard::Verdict::kAdmit) {
    if (!HasRoom(*job)) return Finish(job.get(), TooMany());
    job->is_admitted = true;
    return LaneOf(job->lane).Add(job->client, job->is_first, [this, job] { Run(job); });
  }
  Finish(job.get(), std::move(decision.refusal), SecondsSince(begin_ns));
}

void RequestLanes::Finish(Job* job, HttpResponse response, double seconds) const {
  AddHeaders(&response);
  job->done(std::move(response), seconds);
}

void RequestLanes::AddHeaders(HttpResponse* response) const {
  if (service_.guard != nullptr) service_.guard->AddHeaders(response);
}

void RequestLanes::Report(const AnsweredRequest& request) const {
  if (service_.observer != nullptr) service_.observer->OnAnswer(request);
}

void RequestLanes::GetTls(std::function<void(std::shared_ptr<const TlsContext>)> use) {
  tls_.Add("", false, [this, use = std::move(use)] { use(service_.tls()); });
}

bool RequestLanes::has_backlog() const {
  return metrics_.count() > kMetricsThreads || costly_.count() > kCostlyThreads;
}

void RequestLanes::Stop() {
  for (Lane* lane : {&health_, &metrics_, &costly_, &other_, &passwords_, &tls_}) lane->Stop();
}

}  // namespace tcpgauge
