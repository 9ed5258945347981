// SPDX-License-Identifier: Apache-2.0
#include "src/attach/http_fetch.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "exporter/http/http_server.h"
#include "src/attach/agent_address.h"
#include "src/base/stop_signal.h"
#include "tests/exporter/http/generous_limits.h"

namespace tcpgauge {
namespace {

constexpr size_t kLongBytes = 20 << 20;

class HttpFetchTest : public testing::Test {
 protected:
  HttpFetchTest() {
    HttpHandler handler = [](const HttpRequest& request) {
      HttpResponse response;
      if (request.path == "/long") response.body = std::string(kLongBytes, 'x');
      if (request.path == "/longer") response.body = std::string(HttpFetch::kMaxBodyBytes + 1, 'x');
      if (request.path == "/short") response.body = "hello";
      if (request.path == "/missing") response.status = 404;
      if (request.path.rfind("/status/", 0) == 0) response.status = std::stoi(request.path.substr(8));
      if (request.path == "/elsewhere" || request.path == "/reason") {
        response.status = request.path == "/reason" ? 404 : 421;
        response.body = "because of\x01this\nand more";
      }
      return response;
    };
    server_ = *HttpServer::Start({"127.0.0.1:0"}, {std::move(handler)}, GenerousLimits());
    fetch_ = std::make_unique<HttpFetch>(*ParseAgentAddress(server_->urls()[0]), ClientTlsFiles());
  }

  // Requests `path` until a busy machine does not keep the answer back for longer than the time-out.
  absl::Status Request(const std::string& path) {
    while (true) {
      const absl::Status status = fetch_->Request(path, stop_.fd());
      if (status.message().find("timed out") == std::string::npos) return status;
    }
  }

  // Reads the body to its end or to an error.
  absl::Status ReadAll(size_t* bytes) {
    *bytes = 0;
    while (true) {
      const absl::StatusOr<std::string> piece = fetch_->Next();
      if (!piece.ok()) return piece.status();
      if (piece->empty()) return absl::OkStatus();
      EXPECT_LE(piece->size(), AnswerBody::kMaxPieceBytes);
      *bytes += piece->size();
    }
  }

  std::unique_ptr<HttpServer> server_;
  std::unique_ptr<HttpFetch> fetch_;
  StopSignal stop_;
};

TEST_F(HttpFetchTest, GivesTheBodyInShortPieces) {
  size_t bytes = 0;
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(Request("/short").ok());
    EXPECT_EQ(*fetch_->Next(), "hello");
    EXPECT_EQ(*fetch_->Next(), "");
    EXPECT_EQ(*fetch_->Next(), "");
    ASSERT_TRUE(Request("/empty").ok());
    EXPECT_EQ(*fetch_->Next(), "");
    ASSERT_TRUE(Request("/long").ok());
    ASSERT_TRUE(ReadAll(&bytes).ok());
    EXPECT_EQ(bytes, kLongBytes);
  }
}

TEST_F(HttpFetchTest, ABodyThatIsTooLongEndsWithAnError) {
  size_t bytes = 0;
  ASSERT_TRUE(Request("/longer").ok());
  const absl::Status status = ReadAll(&bytes);
  EXPECT_TRUE(absl::IsResourceExhausted(status));
  EXPECT_EQ(status.message(), "the agent's answer has more than 25165824 bytes");
  EXPECT_EQ(bytes, HttpFetch::kMaxBodyBytes);
}

TEST_F(HttpFetchTest, OnlyAnAgentWithoutAnAnswerIsUnavailable) {
  for (const int status : {202, 302, 400, 401, 403, 404, 421, 429, 500, 502, 503, 504}) {
    const absl::Status answered = Request("/status/" + std::to_string(status));
    EXPECT_FALSE(answered.ok()) << status;
    EXPECT_FALSE(absl::IsUnavailable(answered)) << answered;
  }
  EXPECT_EQ(Request("/status/503"), absl::FailedPreconditionError("the agent answers with status 503"));
  server_->Stop();
  EXPECT_TRUE(absl::IsUnavailable(Request("/short")));
}

TEST_F(HttpFetchTest, ABodyNeedNotBeReadToItsEnd) {
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(Request("/long").ok());
    EXPECT_FALSE(fetch_->Next()->empty());
    EXPECT_EQ(Request("/missing").message(), "the agent answers with status 404");
    EXPECT_EQ(*fetch_->Next(), "");
  }
}

TEST_F(HttpFetchTest, TellsInOneLineWhyTheAgentDoesNotServeItsTable) {
  const std::string line = "the agent answers: because of\x01this";
  EXPECT_EQ(Request("/elsewhere"), absl::InvalidArgumentError(line));
  EXPECT_EQ(Request("/reason"), absl::NotFoundError(line));
}

TEST_F(HttpFetchTest, GivesUpBetweenTwoPiecesThatAreThere) {
  ASSERT_TRUE(Request("/long").ok());
  EXPECT_FALSE(fetch_->Next()->empty());
  stop_.Stop();
  EXPECT_TRUE(absl::IsCancelled(fetch_->Next().status()));
  EXPECT_EQ(fetch_->Next().status().code(), absl::StatusCode::kCancelled);
}

}  // namespace
}  // namespace tcpgauge
