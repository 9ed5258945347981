// SPDX-License-Identifier: Apache-2.0
#include "src/attach/attached_agent.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>

#include <atomic>

#include "absl/strings/match.h"
#include "exporter/http/http_server.h"
#include "exporter/web/connections_json.h"
#include "tests/exporter/http/generous_limits.h"
#include "tests/exporter/metrics/example_snapshot.h"

namespace tcpgauge {
namespace {

using testing::HasSubstr;

// Serves the answers of a handler on a free port.
class AttachedAgentTest : public testing::Test {
 protected:
  std::string Serve(HttpHandler handler) {
    server_ = *HttpServer::Start({"127.0.0.1:0"}, std::move(handler), GenerousLimits(), {});
    return server_->urls().front();
  }
  HttpHandler Example() {
    return [this](const HttpRequest& request) {
      const auto query = ParseConnectionQuery(request);
      HttpResponse response;
      Snapshot snapshot = ExampleSnapshot();
      snapshot.sequence = ++answers_;
      response.body = ConnectionsJson(snapshot, query.value(), "node7");
      return response;
    };
  }
  // Attaches; tries again when a busy machine kept the answer back for longer than the time-out.
  absl::StatusOr<std::unique_ptr<AttachedAgent>> Attach(const std::string& url) {
    while (true) {
      auto agent = AttachedAgent::Attach(*ParseAgentAddress(url), {}, &SystemClock(), stop_.fd());
      if (!absl::StrContains(agent.status().message(), "timed out")) return agent;
    }
  }
  // Waits for a snapshot of the agent's hub that fulfils `condition`, and returns it.
  template <typename Condition>
  std::shared_ptr<const Snapshot> WaitFor(const AttachedAgent& agent, Condition condition) {
    while (true) {
      auto snapshot = agent.hub().Current();
      if (condition(*snapshot)) return snapshot;
      poll(nullptr, 0, 10);
    }
  }

  std::unique_ptr<HttpServer> server_;
  StopSignal stop_;
  std::atomic<uint64_t> answers_{0};
};

TEST_F(AttachedAgentTest, HoldsTheAgentsSnapshotFromTheStart) {
  const auto agent = Attach(Serve(Example()));
  ASSERT_TRUE(agent.ok()) << agent.status();
  EXPECT_EQ((*agent)->hub().Current()->agent, "node7");
  EXPECT_EQ((*agent)->hub().Current()->connections.size(), 3u);
}

TEST_F(AttachedAgentTest, ANewWishIsFetchedAtOnce) {
  const auto agent = Attach(Serve(Example()));
  ASSERT_TRUE(agent.ok());
  ConnectionQuery query;
  query.filter = "state:reset port:50002";
  (*agent)->wanted()->Post(query);
  EXPECT_EQ(WaitFor(**agent, [](const Snapshot& s) { return s.connections.size() == 1; })->connections[0].id, 13u);
}

TEST_F(AttachedAgentTest, SaysSinceWhenThereIsNoAnswerAndKeepsTheLast) {
  const auto agent = Attach(Serve(Example()));
  ASSERT_TRUE(agent.ok());
  server_->Stop();
  const auto old = WaitFor(**agent, [](const Snapshot& snapshot) { return !snapshot.trouble.empty(); });
  EXPECT_THAT(old->trouble, HasSubstr("no answer for "));
  EXPECT_EQ(old->connections.size(), 3u);
}

TEST_F(AttachedAgentTest, ErrorsAtTheStartNameTheAgent) {
  const std::string gone = Serve(Example());
  server_->Stop();
  server_ = nullptr;
  EXPECT_THAT(std::string(Attach(gone).status().message()), HasSubstr("--attach: " + gone + ": Failed to connect"));
  const auto answering = [this](int status, std::string body) {
    return std::string(Attach(Serve([=](const HttpRequest&) {
                         HttpResponse response;
                         response.status = status;
                         response.body = body;
                         return response;
                       }))
                           .status()
                           .message());
  };
  EXPECT_THAT(answering(401, ""), HasSubstr("user and a password"));
  EXPECT_THAT(answering(404, ""), HasSubstr("the agent answers with status 404"));
  EXPECT_THAT(answering(200, "<html>"), HasSubstr("not that of a tcpgauge agent"));
  EXPECT_THAT(std::string(Attach("unix:/nowhere/at/all").status().message()), HasSubstr("unix:/nowhere/at/all"));
}

TEST_F(AttachedAgentTest, GivesUpAtOnceWhenStopped) {
  stop_.Stop();
  EXPECT_TRUE(absl::IsCancelled(Attach(Serve(Example())).status()));
}

}  // namespace
}  // namespace tcpgauge
