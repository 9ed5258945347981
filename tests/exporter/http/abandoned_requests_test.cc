// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
// What becomes of the requests whose clients are gone.

#include <atomic>
#include <memory>
#include <thread>
#include <utility>

#include "absl/synchronization/notification.h"
#include "exporter/http/http_message.h"
#include "exporter/http/http_service.h"
#include "exporter/http/request_lanes.h"

namespace tcpgauge {
namespace {

constexpr size_t kConnections = 8;
constexpr int kRequests = 1000;

// Two requests whose handlers wait for `may_answer` take the threads of HttpLane::kOther.
class AbandonedRequestsTest : public testing::Test {
 protected:
  AbandonedRequestsTest() {
    service_.handler = [this](const HttpRequest& request) {
      ++handled_;
      if (request.path == "/slow") may_answer_.WaitForNotification();
      return HttpResponse();
    };
    lanes_ = std::make_unique<RequestLanes>(&service_, kConnections);
    for (int i = 0; i < 2; ++i) Ask("/slow", nullptr);
    while (handled_ < 2) std::this_thread::yield();
  }

  void Ask(const char* path, std::shared_ptr<const std::atomic<bool>> abandoned) {
    HttpRequest request;
    request.path = path;
    request.abandoned = std::move(abandoned);
    lanes_->Answer("client", false, std::make_shared<const HttpRequest>(std::move(request)),
                   [this](const HttpResponse& response, double) {
                     if (response.status == 503) ++refused_;
                     ++answered_;
                   });
  }

  void AwaitAnswers(int count) {
    may_answer_.Notify();
    while (answered_ < count) std::this_thread::yield();
  }

  HttpService service_;
  absl::Notification may_answer_;
  std::atomic<int> handled_{0}, answered_{0}, refused_{0};
  std::unique_ptr<RequestLanes> lanes_;  // its threads use all the others
};

TEST_F(AbandonedRequestsTest, ALaneDoesNotGrowByRequestsWhoseClientsAreGone) {
  for (int i = 0; i < kRequests; ++i) Ask("/x", std::make_shared<const std::atomic<bool>>(true));
  EXPECT_EQ(refused_, kRequests + 2 - static_cast<int>(RequestLanes::kMostOfLane * kConnections));
  AwaitAnswers(kRequests + 2);
}

TEST_F(AbandonedRequestsTest, ARequestWhoseClientIsGoneIsNotHandled) {
  Ask("/x", std::make_shared<const std::atomic<bool>>(true));
  Ask("/y", nullptr);
  AwaitAnswers(4);
  EXPECT_EQ(handled_, 3);
}

}  // namespace
}  // namespace tcpgauge
