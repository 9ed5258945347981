// SPDX-License-Identifier: Apache-2.0
#include "src/attach/attached_agent.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>

#include <atomic>
#include <functional>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "exporter/http/http_server.h"
#include "exporter/web/connections_json.h"
#include "src/base/gzip.h"
#include "src/base/mutex.h"
#include "src/base/time_units.h"
#include "tests/exporter/http/generous_limits.h"
#include "tests/exporter/metrics/example_snapshot.h"

namespace tcpgauge {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;

// Serves the answers of a handler on a free port.
class AttachedAgentTest : public testing::Test {
 protected:
  std::string Serve(HttpHandler handler) {
    server_ = *HttpServer::Start({"127.0.0.1:0"}, {std::move(handler)}, GenerousLimits());
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

TEST_F(AttachedAgentTest, HasEdgesWhileTheViewWantsThem) {
  const auto agent = Attach(Serve([this](const HttpRequest& request) {
    if (request.path == "/api/v1/connections") return Example()(request);
    HttpResponse response;
    response.body = R"({"edges":[{"client":{"address":"10.0.0.1"},"server":{"address":"10.0.0.2","port":80}}],)"
                    R"("interfaces":[{"name":"eth0","segments":7}]})";
    return response;
  }));
  ASSERT_TRUE(agent.ok());
  EXPECT_TRUE((*agent)->hub().Current()->edges.exported.empty());
  EXPECT_FALSE((*agent)->hub().Current()->has_edges);
  (*agent)->wanted()->PostEdges(true);
  const auto with_edges = WaitFor(**agent, [](const Snapshot& s) { return !s.edges.exported.empty(); });
  EXPECT_EQ(with_edges->edges_trouble, "");
  EXPECT_TRUE(with_edges->has_interface_accounts);
  EXPECT_TRUE(with_edges->has_edges);
  (*agent)->wanted()->PostEdges(false);
  WaitFor(**agent, [](const Snapshot& s) { return s.edges.exported.empty(); });
}

TEST_F(AttachedAgentTest, SaysThatAnOlderAgentTellsNoEdges) {
  const auto agent = Attach(Serve([this](const HttpRequest& request) {
    if (request.path == "/api/v1/connections") return Example()(request);
    HttpResponse response;
    response.status = 404;
    return response;
  }));
  ASSERT_TRUE(agent.ok());
  (*agent)->wanted()->PostEdges(true);
  const auto snapshot = WaitFor(**agent, [](const Snapshot& s) { return !s.edges_trouble.empty(); });
  EXPECT_THAT(snapshot->edges_trouble, HasSubstr("This agent is older"));
  EXPECT_FALSE(snapshot->has_edges);
  EXPECT_EQ(snapshot->connections.size(), 3u);
  EXPECT_EQ(snapshot->trouble, "");
}

TEST_F(AttachedAgentTest, SaysSinceWhenThereIsNoAnswerAndKeepsTheLast) {
  const auto agent = Attach(Serve(Example()));
  ASSERT_TRUE(agent.ok());
  server_->Stop();
  const auto old = WaitFor(**agent, [](const Snapshot& snapshot) { return !snapshot.trouble.empty(); });
  EXPECT_THAT(old->trouble, MatchesRegex("no answer for [0-9]+ s, trying again: .+"));
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

// An answer of one kind, with members that make it huge.
std::string HugeAnswer(const std::string& begin, const std::string& item) {
  std::string text = begin;
  while (text.size() < (26 << 20)) text += item;
  return text;
}

TEST_F(AttachedAgentTest, RefusesMoreThanItAskedFor) {
  const auto attach_to = [this](std::string body) {
    return std::string(Attach(Serve([gzip = Gzip(body)](const HttpRequest&) {
                         HttpResponse response;
                         response.body = gzip;
                         response.headers.emplace_back("Content-Encoding", "gzip");
                         return response;
                       }))
                           .status()
                           .message());
  };
  const std::string row =
      "{\"id\":\"1\",\"client\":{\"address\":\"192.0.2.1\",\"port\":1},\"server\":{\"address\":\"192.0.2.2\",\"port\":"
      "1}},";
  EXPECT_THAT(attach_to(HugeAnswer("{\"connections\":[", row)), HasSubstr("more connections than the 100"));
  EXPECT_THAT(attach_to(HugeAnswer("{\"newer\":[", "[],")), HasSubstr("bytes"));
  EXPECT_THAT(attach_to(HugeAnswer("", "[")), HasSubstr("not that of a tcpgauge agent"));
  EXPECT_THAT(attach_to(HugeAnswer("{\"a\":", "[")), HasSubstr("has more than 64 levels"));
  EXPECT_THAT(attach_to(HugeAnswer("{\"a\":\"", "x")), HasSubstr("token of more than 1048576 bytes"));
  EXPECT_THAT(attach_to(HugeAnswer("{", " ")), HasSubstr("token of more than 1048576 bytes"));
}

TEST_F(AttachedAgentTest, AnErrorOfTheAgentIsShort) {
  const std::string said(Attach(Serve([](const HttpRequest&) {
                           HttpResponse response;
                           response.status = 400;
                           response.body = std::string(1 << 20, 'x');
                           return response;
                         }))
                             .status()
                             .message());
  EXPECT_LT(said.size(), 600u);
}

TEST_F(AttachedAgentTest, SaysWhyAnAnswerCannotBeUsed) {
  const std::string long_answer = HugeAnswer("{\"newer\":[", "[],");
  std::atomic<int> kind{0};
  const HttpHandler example = Example();
  const auto agent = Attach(Serve([&](const HttpRequest& request) {
    HttpResponse response;
    if (kind == 0) return example(request);
    if (kind == 1) response.body = "<html>";
    if (kind == 2) response.status = 400;
    if (kind == 2) response.body = "no such sort: \x1b[31m\n\xff";
    if (kind == 3) response.status = 503;
    if (kind == 4) response.body = long_answer;
    return response;
  }));
  ASSERT_TRUE(agent.ok()) << agent.status();
  const auto says = [](const std::string& why) {
    return [why](const Snapshot& snapshot) { return absl::StrContains(snapshot.trouble, why); };
  };
  kind = 1;
  const auto html = WaitFor(**agent, says("the answer is not that of a tcpgauge agent"));
  EXPECT_THAT(html->trouble, HasSubstr("no usable answer for "));
  EXPECT_EQ(html->connections.size(), 3u);
  kind = 2;
  WaitFor(**agent, says("no such sort: \\x1b[31m\\n\\xff"));
  kind = 3;
  const auto busy = WaitFor(**agent, says("the agent answers with status 503"));
  EXPECT_THAT(busy->trouble, HasSubstr("no usable answer for "));
  kind = 4;
  const auto huge = WaitFor(**agent, says(" bytes"));
  EXPECT_THAT(huge->trouble, HasSubstr("no usable answer for "));
  kind = 0;
  WaitFor(**agent, [](const Snapshot& snapshot) { return snapshot.trouble.empty(); });
}

TEST_F(AttachedAgentTest, GivesUpAtOnceWhenStopped) {
  stop_.Stop();
  EXPECT_TRUE(absl::IsCancelled(Attach(Serve(Example())).status()));
}

// An agent with one edge, whose time a test sets, and which answers what a test wants when it is asked for the past.
class PastOfAttachedAgent : public AttachedAgentTest {
 protected:
  // Attaches, and wants edges.
  void Attach(std::function<HttpResponse()> past) {
    second_ = 1000;
    agent_ = *AttachedAgentTest::Attach(Serve([this, past = std::move(past)](const HttpRequest& request) {
      if (request.path == "/api/v1/history") {
        {
          const MutexLock lock(&mutex_);
          asked_for_.push_back(*request.QueryParameter("limit") + " since " + *request.QueryParameter("since"));
        }
        return past();
      }
      HttpResponse response;
      if (request.path == "/api/v1/connections") {
        Snapshot snapshot;
        snapshot.sequence = ++answers_;
        snapshot.time_ns = second_ * kNanosecondsPerSecond + 500 * kNanosecondsPerMillisecond;
        response.body = ConnectionsJson(snapshot, ParseConnectionQuery(request).value(), "node7");
      } else {
        response.body =
            R"({"recent_seconds":1,"edges":[{"client":{"address":"10.0.0.1"},)"
            R"("server":{"address":"10.0.0.2","port":80},"recent":{"client_payload_bytes_per_second":7}}]})";
      }
      return response;
    }));
    agent_->wanted()->PostEdges(true);
  }
  // Waits for a snapshot of this second, with edges.
  void LookAt(int64_t second) {
    second_ = second;
    WaitFor(*agent_, [=](const Snapshot& s) { return s.has_edges && s.time_ns / kNanosecondsPerSecond == second; });
  }
  // What the edge counted in each second.
  std::vector<uint64_t> Bytes() const {
    std::vector<uint64_t> bytes;
    for (const HistoryCounts& counts : agent_->past().Now().SumOf([](const HistoryEdge&) { return true; })) {
      bytes.push_back(counts.payload_bytes());
    }
    return bytes;
  }
  static HttpResponse Answer(std::string body) {
    HttpResponse response;
    response.body = std::move(body);
    return response;
  }
  static std::string PastUntil(int64_t second) {
    return absl::StrCat(R"({"begin_time":)", second - 3, R"(,"end_times":[)", second - 2, ",", second - 1, ",", second,
                        R"(],"edges":[{"client":{"address":"10.0.0.1"},"server":{"address":"10.0.0.2","port":80},)",
                        R"("connections":[1,1,1],"client_payload_bytes":[10,20,30]}]})");
  }

  using Numbers = std::vector<uint64_t>;
  std::vector<std::string> AskedFor() {
    const MutexLock lock(&mutex_);
    return asked_for_;
  }

  std::atomic<int64_t> second_{1000};
  Mutex mutex_;
  std::vector<std::string> asked_for_ ABSL_GUARDED_BY(mutex_);
  std::unique_ptr<AttachedAgent> agent_;
};

TEST_F(PastOfAttachedAgent, IsThereWithTheFirstEdges) {
  Attach([this] { return Answer(PastUntil(second_)); });
  LookAt(1000);
  EXPECT_EQ(Bytes(), (Numbers{10, 20, 30}));
  LookAt(1001);
  EXPECT_EQ(Bytes(), (Numbers{10, 20, 30, 11})) << "one and a half seconds of seven bytes";
  LookAt(1002);
  EXPECT_EQ(Bytes(), (Numbers{10, 20, 30, 11, 7}));
  EXPECT_THAT(AskedFor(), testing::ElementsAre("100 since 930.500"));
}

TEST_F(PastOfAttachedAgent, IsAskedForAgainAfterATimeWithoutEdges) {
  Attach([this] { return Answer(PastUntil(second_)); });
  LookAt(1000);
  agent_->wanted()->PostEdges(false);
  WaitFor(*agent_, [](const Snapshot& snapshot) { return !snapshot.has_edges; });
  second_ = 2000;
  agent_->wanted()->PostEdges(true);
  LookAt(2000);
  EXPECT_EQ(Bytes(), (Numbers{10, 20, 30}));
  EXPECT_EQ(agent_->past().Now().seconds().at(0).begin_ns, 1997 * kNanosecondsPerSecond);
  EXPECT_THAT(AskedFor(), testing::ElementsAre("100 since 930.500", "100 since 1930.500"));
}

TEST_F(PastOfAttachedAgent, WithoutAUsableOneTheViewIsAsItWas) {
  HttpResponse older;
  older.status = 404;
  HttpResponse huge = Answer(Gzip(HugeAnswer(R"({"newer":[)", "[],")));
  huge.headers.emplace_back("Content-Encoding", "gzip");
  for (const HttpResponse& response :
       {older, huge, Answer("<html>"), Answer("{}"), Answer(PastUntil(5)), Answer(PastUntil(4000000000)),
        Answer(HugeAnswer("{\"end_times\":[", "1e9,")), Answer("{\"a\":" + std::string(100, '['))}) {
    Attach([&response] { return response; });
    LookAt(1000);
    LookAt(1001);
    const auto snapshot = agent_->hub().Current();
    EXPECT_EQ(snapshot->edges.exported.size(), 1u);
    EXPECT_EQ(snapshot->trouble, "");
    EXPECT_EQ(snapshot->edges_trouble, "");
    EXPECT_EQ(Bytes(), (Numbers{7})) << "the past begins with the edges";
    agent_ = nullptr;
  }
}

TEST_F(PastOfAttachedAgent, IsNotAskedForAgainAndAgain) {
  Attach([] { return Answer("<html>"); });
  for (const int64_t second : {1000, 2000, 3000}) LookAt(second);
  EXPECT_EQ(AskedFor().size(), 1u);
}

TEST_F(PastOfAttachedAgent, TheViewEndsWhileTheAgentKeepsItWaiting) {
  std::atomic<bool> asked{false}, ended{false};
  Attach([&] {
    asked = true;
    while (!ended) poll(nullptr, 0, 10);
    return HttpResponse();
  });
  while (!asked) poll(nullptr, 0, 10);
  agent_ = nullptr;
  ended = true;
  server_ = nullptr;
}

}  // namespace
}  // namespace tcpgauge
