// SPDX-License-Identifier: Apache-2.0
// The server with the real pages, and clients that behave badly.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "exporter/http/http_server.h"
#include "exporter/web/web_routes.h"
#include "tests/exporter/http/generous_limits.h"
#include "tests/exporter/http/http_client.h"
#include "tests/exporter/metrics/random_snapshot.h"

namespace tcpgauge {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class WebLoadTest : public testing::Test {
 protected:
  // 9 families of 5000 connections take about 8 MB: far more than sockets buffer.
  WebLoadTest() {
    hub_.Publish(std::make_shared<const Snapshot>(RandomSnapshot(1, 5000, Values::kPlausible)));
    WebSources sources;
    sources.hub = &hub_;
    sources.clock = &SystemClock();
    sources.metrics = &metrics_;
    sources.exposition = {100000, 5000};
    sources.telemetry_path = "/metrics";
    sources.is_healthy = sources.is_ready = [] { return true; };
    auto started = HttpServer::Start({"127.0.0.1:0"}, {WebRoutes(sources)}, GenerousLimits());
    EXPECT_TRUE(started.ok()) << started.status();
    server_ = *std::move(started);
    url_ = server_->urls()[0];
  }

  std::unique_ptr<RawConnection> AskSlowly() {
    auto slow = std::make_unique<RawConnection>(url_, 4096);
    slow->Send("GET /metrics HTTP/1.1\r\nHost: test\r\nAccept: application/openmetrics-text\r\n\r\n");
    EXPECT_THAT(slow->Receive(12), StartsWith("HTTP/1.1 200"));
    return slow;
  }

  void ExpectWholeScrape() {
    const std::string response = Get(url_, "/metrics", "Accept: application/openmetrics-text\r\n");
    EXPECT_THAT(response, StartsWith("HTTP/1.1 200"));
    EXPECT_TRUE(response.size() > 6 && response.substr(response.size() - 6) == "# EOF\n");
  }

  SnapshotHub hub_;
  AgentMetrics metrics_;
  std::unique_ptr<HttpServer> server_;
  std::string url_;
};

TEST_F(WebLoadTest, ScrapesGoOnBesideClientsThatHangOn) {
  const auto slow = AskSlowly();
  const RawConnection silent(url_);
  RawConnection halfway(url_);
  halfway.Send("GET /metrics HTTP/1.1\r\nHost:");
  std::atomic<bool> is_over{false};
  std::thread flood([&] {
    while (!is_over) {
      RawConnection large(url_);
      large.Send("GET /metrics HTTP/1.1\r\nX: " + std::string(1 << 20, 'x') + "\r\n\r\n");
      EXPECT_THAT(large.ReceiveAll(), Not(HasSubstr(" 200 ")));
    }
  });
  for (int i = 0; i < 10; ++i) {
    ExpectWholeScrape();
    EXPECT_NE(slow->Receive(1), "");  // one byte for each scrape
  }
  is_over = true;
  flood.join();
}

TEST_F(WebLoadTest, FiveHundredScrapesAtATimeAreAllServed) {
  std::atomic<int> served{0};
  std::vector<std::thread> clients;
  for (int i = 0; i < 500; ++i) {
    clients.emplace_back([&] {
      const std::string response = Get(url_, "/metrics", "Accept-Encoding: gzip\r\n");
      if (response.rfind("HTTP/1.1 200", 0) == 0) {
        const size_t length =
            static_cast<size_t>(std::atoll(response.c_str() + response.find("Content-Length: ") + 16));
        served += BodyOf(response).size() == length ? 1 : 0;
      }
    });
  }
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(served, 500);
}

TEST_F(WebLoadTest, ClientsThatDoNotReadKeepNobodyOut) {
  std::vector<std::unique_ptr<RawConnection>> slow;
  slow.reserve(100);
  for (int i = 0; i < 100; ++i) slow.push_back(AskSlowly());
  ExpectWholeScrape();
  EXPECT_THAT(Get(url_, "/-/healthy"), StartsWith("HTTP/1.1 200"));
}

}  // namespace
}  // namespace tcpgauge
