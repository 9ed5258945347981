// SPDX-License-Identifier: Apache-2.0
#include "src/kube/kube_http.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <fstream>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "exporter/http/http_server.h"
#include "src/base/clock.h"
#include "src/base/stop_signal.h"
#include "src/base/time_units.h"
#include "tests/exporter/http/generous_limits.h"
#include "tests/support/scratch_directory.h"

namespace tcpgauge {
namespace {

constexpr int64_t kHour = 3600 * kNanosecondsPerSecond;
constexpr KubeTransport::Patience kPatient = {kHour, kHour};
constexpr size_t kLongBytes = 5 << 20;

class KubeHttpTest : public testing::Test {
 protected:
  KubeHttpTest() {
    HttpHandler handler = [](const HttpRequest& request) {
      HttpResponse response;
      response.body = request.path + " " + request.Header("Authorization").value_or("-") + " " +
                      request.Header("User-Agent").value_or("-") + " " + request.Header("Accept").value_or("-");
      if (request.path == "/long") response.body = std::string(kLongBytes, 'x');
      if (request.path == "/busy") {
        response.status = 429;
        response.headers.emplace_back("Retry-After", "7");
        response.body = "{\"kind\":\"Status\",\"message\":\"too many requests\"}";
      }
      if (request.path == "/huge") {
        response.status = 500;
        response.body = std::string(kLongBytes, 'x');
      }
      if (request.path == "/moved") {
        response.status = 302;
        response.headers.emplace_back("Location", "https://other.example/x");
      }
      if (request.path == "/here") {
        response.status = 307;
        response.headers.emplace_back("Location", "/there");
        response.body = std::string(kLongBytes, 'x');
      }
      return response;
    };
    server_ = *HttpServer::Start({"127.0.0.1:0"}, {std::move(handler)}, GenerousLimits());
    Write("secret.token");
    http_ = std::make_unique<KubeHttp>(server_->urls()[0], "tcpgauge/1", ServiceAccountFiles{Path(), ""},
                                       &SystemClock(), &stop_);
  }

  std::string Path() const { return folder_.path() + "/token"; }
  void Write(const std::string& token) { std::ofstream(Path()) << token; }

  std::string ReadAll() {
    std::string body;
    while (true) {
      const absl::StatusOr<std::string> piece = http_->Next();
      if (!piece.ok()) return piece.status().ToString();
      if (piece->empty()) return body;
      EXPECT_LE(piece->size(), AnswerBody::kMaxPieceBytes);
      body += *piece;
    }
  }

  ScratchDirectory folder_;
  StopSignal stop_;
  std::unique_ptr<HttpServer> server_;
  std::unique_ptr<KubeHttp> http_;
};

TEST_F(KubeHttpTest, SendsTheTokenOfTheMoment) {
  EXPECT_EQ(http_->Get("/a?b=c", kPatient)->status, 200);
  EXPECT_EQ(ReadAll(), "/a Bearer secret.token tcpgauge/1 application/json");
  Write("a-longer.token");
  EXPECT_EQ(http_->Get("/a", kPatient)->status, 200);
  EXPECT_EQ(ReadAll(), "/a Bearer a-longer.token tcpgauge/1 application/json");
}

TEST_F(KubeHttpTest, SendsNothingWithoutItsToken) {
  KubeHttp http(server_->urls()[0], "", {folder_.path() + "/missing", ""}, &SystemClock(), &stop_);
  EXPECT_TRUE(absl::IsFailedPrecondition(http.Get("/a", kPatient).status()));
}

TEST_F(KubeHttpTest, GivesALongBodyInShortPieces) {
  EXPECT_EQ(http_->Get("/long", kPatient)->status, 200);
  EXPECT_EQ(ReadAll().size(), kLongBytes);
  EXPECT_EQ(*http_->Next(), "") << "after the end, too";
}

TEST_F(KubeHttpTest, GivesUpABodyForTheNextRequest) {
  EXPECT_EQ(http_->Get("/long", kPatient)->status, 200);
  EXPECT_FALSE(http_->Next()->empty());
  EXPECT_EQ(http_->Get("/a", kPatient)->status, 200);
  EXPECT_EQ(ReadAll().substr(0, 3), "/a ");
}

TEST_F(KubeHttpTest, TellsWhatTheServerSaysAboutAFailure) {
  const absl::StatusOr<KubeAnswer> busy = http_->Get("/busy", kPatient);
  ASSERT_TRUE(busy.ok()) << busy.status();
  EXPECT_EQ(busy->status, 429);
  EXPECT_EQ(busy->retry_after_seconds, 7);
  EXPECT_EQ(busy->message, "too many requests");
  const absl::StatusOr<KubeAnswer> huge = http_->Get("/huge", kPatient);
  ASSERT_TRUE(huge.ok()) << huge.status();
  EXPECT_EQ(huge->status, 500);
  EXPECT_EQ(huge->message, std::string(300, 'x'));
  EXPECT_EQ(http_->Get("/a", kPatient)->status, 200) << "the next request is not disturbed";
}

// Answers each request with a body that never ends.
class EndlessServer {
 public:
  explicit EndlessServer(std::string head) : head_(std::move(head)) {
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    EXPECT_EQ(bind(listener_, generic, size), 0);
    EXPECT_EQ(listen(listener_, 8), 0);
    EXPECT_EQ(getsockname(listener_, generic, &size), 0);
    url_ = "http://127.0.0.1:" + std::to_string(ntohs(address.sin_port));
    thread_ = std::thread([this] { Run(); });
  }
  ~EndlessServer() {
    shutdown(listener_, SHUT_RDWR);
    thread_.join();
    close(listener_);
  }
  const std::string& url() const { return url_; }

 private:
  void Run() {
    while (true) {
      const int connection = accept(listener_, nullptr, nullptr);
      if (connection < 0) return;
      std::string piece = head_;
      while (send(connection, piece.data(), piece.size(), MSG_NOSIGNAL) > 0) piece.assign(64 << 10, 'x');
      close(connection);
    }
  }

  const std::string head_;
  const int listener_ = socket(AF_INET, SOCK_STREAM, 0);
  std::string url_;
  std::thread thread_;
};

TEST_F(KubeHttpTest, GivesUpABodyThatIsNoUseAndDoesNotEnd) {
  for (const int status : {201, 203, 206, 300, 304}) {
    const EndlessServer endless("HTTP/1.1 " + std::to_string(status) + " X\r\nContent-Length: 1000000000000\r\n\r\n");
    KubeHttp http(endless.url(), "", {Path(), ""}, &SystemClock(), &stop_);
    const absl::StatusOr<KubeAnswer> answer = http.Get("/a", {kHour, 10 * kNanosecondsPerSecond});
    ASSERT_TRUE(answer.ok()) << status << answer.status();
    EXPECT_EQ(answer->status, status);
  }
}

TEST_F(KubeHttpTest, FollowsARedirectionToTheSameHostAlone) {
  EXPECT_EQ(http_->Get("/here", kPatient)->status, 200);
  EXPECT_EQ(ReadAll().substr(0, 7), "/there ");
  const absl::StatusOr<KubeAnswer> moved = http_->Get("/moved", kPatient);
  ASSERT_TRUE(moved.ok()) << moved.status();
  EXPECT_EQ(moved->status, 302);
  EXPECT_EQ(moved->message, "redirected to https://other.example/x; use that URL");
}

TEST_F(KubeHttpTest, EndsWhenTheAgentStops) {
  EXPECT_EQ(http_->Get("/long", kPatient)->status, 200);
  EXPECT_TRUE(http_->Pause(1));
  EXPECT_EQ(http_->Get("/long", kPatient)->status, 200);
  stop_.Stop();
  EXPECT_TRUE(absl::IsCancelled(http_->Next().status()));
  EXPECT_TRUE(absl::IsCancelled(http_->Get("/a", kPatient).status()));
  EXPECT_FALSE(http_->Pause(kHour));
}

TEST_F(KubeHttpTest, AServerThatIsAwayIsAnError) {
  const std::string url = server_->urls()[0];
  server_.reset();
  EXPECT_TRUE(absl::IsUnavailable(http_->Get("/a", kPatient).status()));
}

}  // namespace
}  // namespace tcpgauge
