// SPDX-License-Identifier: Apache-2.0
#include "src/http_client/http_client.h"

#include <gtest/gtest.h>

#include <string>

#include "absl/status/status.h"
#include "exporter/http/http_server.h"
#include "src/base/stop_signal.h"
#include "tests/exporter/http/generous_limits.h"

namespace tcpgauge {
namespace {

constexpr int kLongMs = 200000;

class HttpClientTest : public testing::Test {
 protected:
  HttpClientTest() {
    HttpHandler handler = [](const HttpRequest& request) {
      HttpResponse response;
      response.status = request.path == "/busy" ? 503 : 200;
      if (request.path == "/busy") response.headers.emplace_back("Retry-After", "7");
      response.body = request.path == "/big" ? std::string(5000, 'x') : "hello";
      return response;
    };
    server_ = *HttpServer::Start({"127.0.0.1:0"}, std::move(handler), GenerousLimits(), {});
    url_ = server_->urls()[0];
  }

  static absl::StatusOr<HttpAnswer> Get(HttpClient* client, const std::string& url, int64_t timeout_ms = kLongMs) {
    HttpCall call;
    call.url = url;
    call.timeout_ms = timeout_ms;
    client->Start(call);
    while (true) {
      if (auto answer = client->Wait(-1, kLongMs)) return *std::move(answer);
    }
  }

  std::unique_ptr<HttpServer> server_;
  std::string url_;
};

TEST_F(HttpClientTest, GetsAnswers) {
  HttpClient client({});
  for (int i = 0; i < 3; ++i) {
    const auto answer = Get(&client, url_ + "/");
    ASSERT_TRUE(answer.ok()) << answer.status();
    EXPECT_EQ(answer->status, 200);
    EXPECT_EQ(answer->body, "hello");
    EXPECT_EQ(answer->retry_after_seconds, std::nullopt);
  }
}

TEST_F(HttpClientTest, AnErrorIsAnAnswer) {
  HttpClient client({});
  const auto answer = Get(&client, url_ + "/busy");
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->status, 503);
  EXPECT_EQ(answer->retry_after_seconds, 7);
  EXPECT_EQ(Get(&client, url_ + "/")->retry_after_seconds, std::nullopt) << "of this answer alone";
}

TEST_F(HttpClientTest, ReadsNoMoreThanItMay) {
  HttpClientOptions options;
  options.max_body_bytes = 1000;
  HttpClient client(options);
  const auto answer = Get(&client, url_ + "/big");
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->status, 200);
  EXPECT_TRUE(answer->body_cut);
  EXPECT_EQ(answer->body, std::string(1000, 'x'));
  EXPECT_FALSE(Get(&client, url_ + "/")->body_cut);
}

TEST_F(HttpClientTest, NobodyThereIsUnavailable) {
  HttpClient client({});
  server_->Stop();
  const auto answer = Get(&client, url_ + "/");
  EXPECT_TRUE(absl::IsUnavailable(answer.status())) << answer.status();
}

TEST_F(HttpClientTest, OtherSchemesAreNotTaken) {
  HttpClient client({});
  EXPECT_FALSE(Get(&client, "file:///etc/hostname").ok());
}

TEST_F(HttpClientTest, AWaitEndsWhenTheDescriptorIsReadable) {
  StopSignal stop;
  stop.Stop();
  HttpClient client({});
  EXPECT_FALSE(client.Wait(stop.fd(), kLongMs).has_value()) << "with nothing to do";
  HttpCall call;
  call.url = url_ + "/";
  client.Start(call);
  client.Cancel();
  EXPECT_TRUE(Get(&client, url_ + "/").ok()) << "after one that was given up";
}

TEST_F(HttpClientTest, EscapesWhatMayNotStandInAQuery) { EXPECT_EQ(HttpClient::Escape("a b&c"), "a%20b%26c"); }

}  // namespace
}  // namespace tcpgauge
