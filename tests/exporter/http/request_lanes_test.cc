// SPDX-License-Identifier: Apache-2.0
#include "exporter/http/request_lanes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/synchronization/notification.h"
#include "src/base/mutex.h"

namespace tcpgauge {
namespace {

constexpr size_t kConnections = 512;

HttpResponse WithStatus(int status) {
  HttpResponse response;
  response.status = status;
  return response;
}

// Asks for the password of the header Authorization: "right" is right. A check of another one waits until the test lets
// it end.
class FakeGuard final : public RequestGuard {
 public:
  Decision Decide(const HttpRequest& request) override {
    Decision decision;
    if (request.Header("Authorization").has_value()) decision.verdict = Verdict::kCheckPassword;
    return decision;
  }

  Decision CheckPassword(const HttpRequest& request) override {
    if (request.Header("Authorization") == "right") return {};
    may_end.WaitForNotification();
    return {Verdict::kRefuse, WithStatus(401)};
  }

  void AddHeaders(HttpResponse* response) override { response->headers.emplace_back("X-Guarded", "yes"); }

  absl::Notification may_end;
};

// Responses, and the wait for them.
class Responses {
 public:
  RequestLanes::Done Next() {
    return [this](const HttpResponse& response, double) {
      const MutexLock lock(&mutex_);
      statuses_.push_back(response.status);
      has_more_.NotifyAll();
    };
  }

  // Waits for `count` responses, and returns the statuses of all that have come.
  std::vector<int> Wait(size_t count) {
    const MutexLock lock(&mutex_);
    while (statuses_.size() < count) has_more_.Wait(&mutex_);
    return statuses_;
  }

 private:
  Mutex mutex_;
  CondVar has_more_;
  std::vector<int> statuses_ ABSL_GUARDED_BY(mutex_);
};

HttpLane LaneOf(const std::string& path) {
  if (path == "/health") return HttpLane::kHealth;
  if (path == "/metrics") return HttpLane::kMetrics;
  return path == "/costly" ? HttpLane::kCostly : HttpLane::kOther;
}

std::shared_ptr<const HttpRequest> Request(const std::string& path, const std::string& password = "") {
  auto request = std::make_shared<HttpRequest>();
  request->path = path;
  if (!password.empty()) request->headers.emplace_back("Authorization", password);
  return request;
}

TEST(RequestLanes, ALaneThatIsBusyDelaysNoOther) {
  absl::Notification may_end;
  HttpService service;
  service.lane_of = LaneOf;
  service.handler = [&](const HttpRequest& request) {
    if (request.path != "/health") may_end.WaitForNotification();
    return HttpResponse();
  };
  RequestLanes lanes(&service, kConnections);
  Responses busy, health;
  for (const std::string path : {"/metrics", "/costly", "/other"}) {
    for (int i = 0; i < 3; ++i) lanes.Answer("a", true, Request(path), busy.Next());
  }
  lanes.Answer("a", true, Request("/health"), health.Next());
  EXPECT_THAT(health.Wait(1), testing::ElementsAre(200));
  EXPECT_TRUE(lanes.has_backlog());
  may_end.Notify();
  busy.Wait(9);
}

TEST(RequestLanes, BoundsTheCostlyRequestsOfAClientAndOfAll) {
  absl::Notification may_end;
  HttpService service;
  service.lane_of = LaneOf;
  service.handler = [&](const HttpRequest&) {
    may_end.WaitForNotification();
    return HttpResponse();
  };
  RequestLanes lanes(&service, 40);  // ten costly requests
  Responses responses;
  const auto ask = [&](const std::string& client, size_t count) {
    for (size_t i = 0; i < count; ++i) lanes.Answer(client, true, Request("/costly"), responses.Next());
  };
  ask("a", RequestLanes::kMostCostlyOfOne + 1);
  EXPECT_THAT(responses.Wait(1), testing::ElementsAre(503));
  ask("b", RequestLanes::kMostCostlyOfOne);
  ask("c", 3);
  EXPECT_THAT(responses.Wait(2), testing::ElementsAre(503, 503));
  may_end.Notify();
  const std::vector<int> all = responses.Wait(12);
  EXPECT_EQ(std::count(all.begin(), all.end(), 200), 10);
}

TEST(RequestLanes, FortyWrongPasswordsKeepARightOneNotOut) {
  for (const std::string client : {"theirs", "another"}) {
    FakeGuard guard;
    HttpService service;
    service.lane_of = LaneOf;
    service.guard = &guard;
    service.handler = [](const HttpRequest&) { return HttpResponse(); };
    RequestLanes lanes(&service, kConnections);
    Responses wrong, right, without;
    for (int i = 0; i < 40; ++i) lanes.Answer("theirs", true, Request("/metrics", "wrong"), wrong.Next());
    lanes.Answer(client, true, Request("/metrics", "right"), right.Next());
    // Who needs no check does not wait for theirs.
    lanes.Answer("theirs", true, Request("/metrics"), without.Next());
    EXPECT_THAT(without.Wait(1), testing::ElementsAre(200));
    guard.may_end.Notify();
    EXPECT_THAT(right.Wait(1), testing::ElementsAre(200)) << client;
    EXPECT_THAT(wrong.Wait(40), testing::Each(401));
  }
}

TEST(RequestLanes, BoundsThePasswordsThatWait) {
  FakeGuard guard;
  HttpService service;
  service.guard = &guard;
  service.handler = [](const HttpRequest&) { return HttpResponse(); };
  RequestLanes lanes(&service, 40);
  Responses responses;
  for (int i = 0; i < 40; ++i) lanes.Answer("a", true, Request("/", "wrong"), responses.Next());
  // A quarter of the connections may be those of one client.
  EXPECT_THAT(responses.Wait(30), testing::Each(503));
  guard.may_end.Notify();
  const std::vector<int> all = responses.Wait(40);
  EXPECT_EQ(std::count(all.begin(), all.end(), 401), 10);
}

TEST(RequestLanes, EachResponseHasTheHeadersOfTheGuard) {
  FakeGuard guard;
  HttpService service;
  service.guard = &guard;
  service.handler = [](const HttpRequest&) { return HttpResponse(); };
  RequestLanes lanes(&service, kConnections);
  HttpResponse refusal = WithStatus(400);
  lanes.AddHeaders(&refusal);
  EXPECT_THAT(refusal.headers, testing::Contains(testing::Pair("X-Guarded", "yes")));
  absl::Notification is_over;
  lanes.Answer("a", true, Request("/"), [&](const HttpResponse& response, double) {
    EXPECT_THAT(response.headers, testing::Contains(testing::Pair("X-Guarded", "yes")));
    is_over.Notify();
  });
  is_over.WaitForNotification();
  lanes.Stop();
}

}  // namespace
}  // namespace tcpgauge
