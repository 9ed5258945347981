// SPDX-License-Identifier: Apache-2.0
#include "exporter/http/http_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/synchronization/notification.h"
#include "absl/time/time.h"
#include "exporter/http/listen_socket.h"
#include "exporter/http/request_observer.h"
#include "tests/exporter/http/generous_limits.h"
#include "tests/exporter/http/http_client.h"
#include "tests/support/scratch_directory.h"

namespace tcpgauge {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

// Answers with the request.
HttpResponse Echo(const HttpRequest& request) {
  HttpResponse response;
  response.body = request.method + " " + request.path;
  for (const auto& [name, value] : request.query) response.body += " " + name + "=" + value;
  response.headers.emplace_back("X-Test", request.Header("X-Test").value_or("none"));
  return response;
}

std::unique_ptr<HttpServer> StartOn(const std::vector<std::string>& addresses, HttpHandler handler = Echo,
                                    const HttpLimits& limits = GenerousLimits()) {
  absl::StatusOr<std::unique_ptr<HttpServer>> server = HttpServer::Start(addresses, std::move(handler), limits);
  EXPECT_TRUE(server.ok()) << server.status();
  if (!server.ok()) std::abort();
  return *std::move(server);
}

std::unique_ptr<HttpServer> StartOne(HttpHandler handler = Echo, const HttpLimits& limits = GenerousLimits()) {
  return StartOn({"127.0.0.1:0"}, std::move(handler), limits);
}

TEST(HttpServer, HandsTheHandlerWhatWasAsked) {
  const auto server = StartOne();
  const std::string response = Get(server->urls()[0], "/a%20b?x=1&y=%26&z", "X-Test: some\r\n");
  EXPECT_THAT(response, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(response, HasSubstr("\r\nContent-Type: text/plain; charset=utf-8\r\n"));
  EXPECT_THAT(response, HasSubstr("\r\nX-Test: some\r\n"));
  EXPECT_EQ(BodyOf(response), "GET /a b x=1 y=& z=");
}

TEST(HttpServer, ServesOnSeveralAddresses) {
  const ScratchDirectory directory;
  std::vector<std::string> addresses = {"127.0.0.1:0", "unix:" + directory.path() + "/s"};
  const bool has_ipv6 = ListenSocket::Open("[::1]:0").status().code() != absl::StatusCode::kNotFound;
  if (has_ipv6) addresses.push_back("[::1]:0");
  const auto server = StartOn(addresses);
  ASSERT_EQ(server->urls().size(), addresses.size());
  if (has_ipv6) {
    EXPECT_THAT(server->urls()[2], StartsWith("http://[::1]:"));
  }
  for (const std::string& url : server->urls()) EXPECT_EQ(BodyOf(Get(url, "/x")), "GET /x") << url;
}

TEST(HttpServer, LeavesNothingOpenWhenOneAddressCannotBeHad) {
  const auto first = StartOne();
  const std::string taken = first->urls()[0].substr(7);
  const auto server = HttpServer::Start({"127.0.0.1:0", taken}, Echo);
  EXPECT_EQ(server.status().code(), absl::StatusCode::kAlreadyExists);
  EXPECT_THAT(std::string(server.status().message()), HasSubstr(taken));
}

TEST(HttpServer, KeepsConnectionsOpen) {
  const auto server = StartOne();
  RawConnection connection(server->urls()[0]);
  for (int i = 0; i < 3; ++i) {
    connection.Send("GET /again HTTP/1.1\r\nHost: test\r\n\r\n");
    EXPECT_EQ(BodyOf(connection.ReceiveResponse()), "GET /again");
  }
}

TEST(HttpServer, LeavesTheBodyOutOfAnswersToHead) {
  const auto server = StartOne();
  RawConnection connection(server->urls()[0]);
  connection.Send("HEAD /x HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n");
  const std::string response = connection.ReceiveAll();
  EXPECT_THAT(response, HasSubstr("\r\nContent-Length: 7\r\n"));
  EXPECT_EQ(BodyOf(response), "");
}

TEST(HttpServer, ThrowsTheBodyOfARequestAway) {
  const auto server = StartOne();
  RawConnection connection(server->urls()[0]);
  connection.Send("GET /x HTTP/1.1\r\nHost: test\r\nContent-Length: 5\r\n\r\nhello");
  EXPECT_EQ(BodyOf(connection.ReceiveResponse()), "GET /x");
  RawConnection posting(server->urls()[0]);
  posting.Send("POST /x HTTP/1.1\r\nHost: test\r\nContent-Length: 5\r\n\r\nhello");
  EXPECT_EQ(BodyOf(posting.ReceiveResponse()), "POST /x");
}

TEST(HttpServer, RefusesHeadersBeyondTheLimit) {
  const auto server = StartOne();
  RawConnection connection(server->urls()[0]);
  connection.Send("GET /x HTTP/1.1\r\nHost: test\r\nX-Long: " + std::string(1 << 20, 'x') + "\r\n\r\n");
  EXPECT_THAT(connection.ReceiveAll(), Not(HasSubstr(" 200 OK")));
  EXPECT_EQ(BodyOf(Get(server->urls()[0], "/x")), "GET /x");
}

// Sends `requests` over one connection, ends it for sending, and returns the statuses of all answers.
std::vector<std::string> StatusesOf(const HttpServer& server, const std::string& requests) {
  RawConnection connection(server.urls()[0]);
  connection.Send(requests);
  connection.EndSending();
  const std::string answers = connection.ReceiveAll();
  std::vector<std::string> statuses;
  const std::string start = "HTTP/1.1 ";
  for (size_t at = answers.find(start); at != std::string::npos; at = answers.find(start, at + 1)) {
    statuses.push_back(answers.substr(at + start.size(), 3));
  }
  return statuses;
}

// Ways to make the header of a GET or POST as long as wanted. Each returns a header of exactly `bytes` bytes.
struct LongHeader {
  const char* name;
  std::string (*make)(size_t bytes);
};

constexpr char kHostLine[] = "Host: test\r\n";

std::string Filled(const std::string& begin, size_t bytes, const std::string& end) {
  return begin + std::string(bytes - begin.size() - end.size(), 'x') + end;
}

std::string OneLongLine(size_t bytes) {
  return Filled(std::string("GET / HTTP/1.1\r\n") + kHostLine + "X-Long: ", bytes, "\r\n\r\n");
}

std::string ManyLines(size_t bytes, size_t line_bytes) {
  std::string header = std::string("GET / HTTP/1.1\r\n") + kHostLine;
  while (header.size() + 2 * line_bytes < bytes) header += Filled("X-Line: ", line_bytes, "\r\n");
  return Filled(header + "X-Last: ", bytes, "\r\n\r\n");
}

const LongHeader kLongHeaders[] = {
    {"one long line", OneLongLine},
    {"lines of 100 bytes", [](size_t bytes) { return ManyLines(bytes, 100); }},
    {"lines of 1000 bytes", [](size_t bytes) { return ManyLines(bytes, 1000); }},
    {"a long cookie",
     [](size_t bytes) {
       return Filled(std::string("GET / HTTP/1.1\r\n") + kHostLine + "Cookie: a=", bytes, "\r\n\r\n");
     }},
    {"many cookies",
     [](size_t bytes) {
       std::string header = std::string("GET / HTTP/1.1\r\n") + kHostLine + "cookie: ";
       while (header.size() + 6 < bytes) header += "a;";
       return Filled(header, bytes, "\r\n\r\n");
     }},
    {"a long path and a long line",
     [](size_t bytes) {
       return Filled(Filled("GET /", bytes / 2, " HTTP/1.1\r\n") + kHostLine + "X-Long: ", bytes, "\r\n\r\n");
     }},
    {"a long path",
     [](size_t bytes) { return Filled("GET /", bytes, std::string(" HTTP/1.1\r\n") + kHostLine + "\r\n"); }},
    {"a long query",
     [](size_t bytes) { return Filled("GET /?q=", bytes, std::string(" HTTP/1.1\r\n") + kHostLine + "\r\n"); }},
};

TEST(HttpServer, AnswersAHeaderUpToTheLimitAndRefusesALongerOneOnce) {
  const auto server = StartOne();
  const size_t limit = HttpLimits().request_header_bytes;
  for (const LongHeader& header : kLongHeaders) {
    const std::string longest = header.make(limit), too_long = header.make(limit + 1);
    ASSERT_EQ(longest.size(), limit) << header.name;
    EXPECT_THAT(StatusesOf(*server, longest), ElementsAre("200")) << header.name;
    EXPECT_THAT(StatusesOf(*server, longest + longest + longest), ElementsAre("200", "200", "200")) << header.name;
    EXPECT_THAT(StatusesOf(*server, too_long), ElementsAre("431")) << header.name;
    EXPECT_THAT(StatusesOf(*server, longest + too_long + longest), ElementsAre("200", "431")) << header.name;
    // Some of these are longer than what libmicrohttpd can receive.
    for (const size_t bytes : {34000, 40000, 60000, 70000, 75000}) {
      EXPECT_THAT(StatusesOf(*server, header.make(bytes)), ElementsAre(testing::AnyOf("431", "414")))
          << header.name << " of " << bytes << " bytes";
    }
  }
}

// libmicrohttpd holds a folded line twice.
TEST(HttpServer, AnswersAFoldedLineUpToHalfTheLimit) {
  const auto server = StartOne();
  const auto folded = [](size_t bytes) {
    std::string header = std::string("GET / HTTP/1.1\r\n") + kHostLine + "X-Folded: a\r\n";
    while (header.size() < bytes) header += Filled(" ", 80, "\r\n");
    return header + "\r\n";
  };
  for (const size_t bytes : {100, 8000, 16000}) {
    EXPECT_THAT(StatusesOf(*server, folded(bytes)), ElementsAre("200")) << bytes;
  }
  for (const size_t bytes : {33000, 40000, 100000}) {
    EXPECT_THAT(StatusesOf(*server, folded(bytes)), ElementsAre("431")) << bytes;
  }
}

TEST(HttpServer, RefusesALongHeaderBeforeABodyOnce) {
  const auto server = StartOne();
  for (const LongHeader& header : kLongHeaders) {
    for (const size_t bytes : {HttpLimits().request_header_bytes + 100, size_t{50000}}) {
      std::string request = header.make(bytes);
      request.replace(0, 3, "POST");
      request.replace(request.size() - 2, 2, "Content-Length: 20000\r\n\r\n");
      EXPECT_EQ(StatusesOf(*server, request + std::string(20000, 'b')).size(), 1u) << header.name << ' ' << bytes;
    }
  }
}

TEST(HttpServer, RefusesATargetBeyondTheLimitAsSuch) {
  const auto server = StartOne();
  const size_t limit = HttpLimits().request_header_bytes;
  const std::string end = std::string(" HTTP/1.1\r\n") + kHostLine + "\r\n";
  for (const std::string begin : {"GET /", "GET /?q=", "GET /?q=1&r=", "POST http://test/"}) {
    for (const size_t bytes : {limit + 100, limit + 10000, size_t{100000}}) {
      EXPECT_THAT(StatusesOf(*server, Filled(begin, bytes, end)), ElementsAre("414")) << begin << ' ' << bytes;
    }
  }
}

TEST(HttpServer, SurvivesATargetThatLeavesNoRoomInTheBuffer) {
  const auto server = StartOne();
  for (size_t bytes = 57000; bytes < 57400; ++bytes) {
    for (const std::string& status : StatusesOf(*server, Filled("GET /", bytes, " HTTP/1.0\r\n\r\n"))) {
      EXPECT_THAT(status, testing::AnyOf("414", "431")) << bytes;
    }
  }
  EXPECT_EQ(BodyOf(Get(server->urls()[0], "/x")), "GET /x");
}

TEST(HttpServer, CountsHeaderLinesAndQueryParametersTogether) {
  const auto server = StartOne();
  const size_t limit = HttpLimits().request_fields;
  const auto repeated = [](const std::string& text, size_t count) {
    std::string all;
    for (size_t i = 0; i < count; ++i) all += text;
    return all;
  };
  const auto request = [&](size_t lines, const std::string& line, size_t parameters) {
    return "GET /?" + repeated("a&", parameters) + " HTTP/1.1\r\n" + kHostLine + repeated(line, lines - 1) + "\r\n";
  };
  for (const std::string line : {"A: b\r\n", "X-Line: some value\r\n", "Cookie: a=b; c=d\r\n"}) {
    EXPECT_THAT(StatusesOf(*server, request(limit, line, 0)), ElementsAre("200")) << line;
    EXPECT_THAT(StatusesOf(*server, request(limit - 1, line, 1)), ElementsAre("200")) << line;
    EXPECT_THAT(StatusesOf(*server, request(limit, line, 1)), ElementsAre("431")) << line;
    for (const size_t lines : {limit + 1, limit + 50, limit + 100, 2 * limit}) {
      EXPECT_THAT(StatusesOf(*server, request(lines, line, 0)), ElementsAre("431")) << line << lines;
    }
  }
  EXPECT_THAT(StatusesOf(*server, request(1, "", limit - 1)), ElementsAre("200"));
  for (const size_t parameters : {limit, 2 * limit, 20 * limit}) {
    EXPECT_THAT(StatusesOf(*server, request(1, "", parameters)), ElementsAre("431")) << parameters;
  }
}

TEST(HttpServer, ServesAbsoluteTargets) {
  const auto server = StartOne([](const HttpRequest& request) {
    HttpResponse response = Echo(request);
    response.body += " from " + request.Header("Host").value_or("nowhere");
    return response;
  });
  const auto ask = [&](const std::string& target, const std::string& version = "1.1",
                       const std::string& lines = kHostLine) {
    RawConnection connection(server->urls()[0]);
    connection.Send("GET " + target + " HTTP/" + version + "\r\n" + lines + "Connection: close\r\n\r\n");
    return BodyOf(connection.ReceiveAll());
  };
  EXPECT_EQ(ask("/a"), "GET /a from test");
  EXPECT_EQ(ask("http://agent:10406/a?b=c"), "GET /a b=c from agent:10406");
  EXPECT_EQ(ask("HTTP://agent"), "GET / from agent");
  EXPECT_EQ(ask("https://[::1]:1?x=%20"), "GET / x=  from [::1]:1");
  EXPECT_EQ(ask("http://agent/a", "1.0", ""), "GET /a from agent");
  EXPECT_EQ(ask("/a", "1.0", ""), "GET /a from nowhere");
}

TEST(HttpServer, RefusesARequestThatDoesNotNameOneValidHost) {
  const auto server = StartOne();
  for (const std::string head : {
           "GET / HTTP/1.1\r\n",
           "GET /metrics HTTP/1.1\r\nX-Host: a\r\n",
           "GET http://a/ HTTP/1.1\r\n",
           "POST / HTTP/1.1\r\nContent-Length: 0\r\n",
           "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n",
           "GET / HTTP/1.1\r\nHost: a\r\nX: y\r\nhOST: b\r\n",
           "GET / HTTP/1.0\r\nHost: a\r\nHost: a\r\n",
           "GET / HTTP/1.1\r\nHost: a b\r\n",
           "GET / HTTP/1.1\r\nHost: http://a/\r\n",
           "GET / HTTP/1.1\r\nHost: a:b\r\n",
           "GET / HTTP/1.0\r\nHost: a/b\r\n",
           "GET http://a/ HTTP/1.1\r\nHost: a/b\r\n",
           "GET http:/// HTTP/1.1\r\nHost: a\r\n",
           "GET http://user@a/ HTTP/1.1\r\nHost: a\r\n",
       }) {
    EXPECT_THAT(StatusesOf(*server, head + "\r\n"), ElementsAre("400")) << head;
  }
  for (const std::string head :
       {"GET / HTTP/1.0\r\n", "GET / HTTP/1.1\r\nHost:\r\n", "GET / HTTP/1.1\r\nhost: [::1]:80\r\n",
        "GET / HTTP/1.1\r\nHost:   a   \r\n", "GET http://b/ HTTP/1.1\r\nHost: a\r\n"}) {
    EXPECT_THAT(StatusesOf(*server, head + "\r\n"), ElementsAre("200")) << head;
  }
}

TEST(HttpServer, NeedsAnAddress) {
  EXPECT_EQ(HttpServer::Open({}, Echo).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(HttpServer, RefusesABodyOfTwoLengths) {
  const auto server = StartOne(Echo);
  for (const std::string second : {"Transfer-Encoding: chunked", "Content-Length: 3"}) {
    RawConnection connection(server->urls()[0]);
    connection.Send("POST /x HTTP/1.1\r\nHost: test\r\nContent-Length: 5\r\n" + second + "\r\n\r\n0\r\n\r\n");
    EXPECT_EQ(connection.ReceiveResponse().substr(0, 12), "HTTP/1.1 400") << second;
  }
}

TEST(HttpServer, AClientThatSaysNothingHoldsUpNobody) {
  const auto server = StartOne();
  const RawConnection silent(server->urls()[0]);
  RawConnection halfway(server->urls()[0]);
  halfway.Send("GET /x HT");
  EXPECT_EQ(BodyOf(Get(server->urls()[0], "/x")), "GET /x");
}

TEST(HttpServer, AHandlerThatComputesHoldsUpNobody) {
  absl::Notification asked, may_answer;
  const auto server = StartOne([&](const HttpRequest& request) {
    if (request.path == "/slow") {
      asked.Notify();
      may_answer.WaitForNotification();
    }
    return Echo(request);
  });
  std::thread slow([&] { EXPECT_EQ(BodyOf(Get(server->urls()[0], "/slow")), "GET /slow"); });
  asked.WaitForNotification();
  EXPECT_EQ(BodyOf(Get(server->urls()[0], "/fast")), "GET /fast");
  may_answer.Notify();
  slow.join();
}

TEST(HttpServer, HoldsWhatIsHeldUntilTheResponseIsSent) {
  std::weak_ptr<void> watched;
  absl::Notification released;
  const auto server = StartOne([&](const HttpRequest&) {
    HttpResponse response;
    response.body = std::string(64 << 20, 'x');
    response.held_while_sent =
        std::shared_ptr<void>(&released, [](void* r) { static_cast<absl::Notification*>(r)->Notify(); });
    watched = response.held_while_sent;
    return response;
  });
  {
    RawConnection slow(server->urls()[0]);
    slow.Send("GET / HTTP/1.1\r\nHost: test\r\n\r\n");
    EXPECT_NE(slow.Receive(1), "");
    EXPECT_FALSE(watched.expired());
  }
  released.WaitForNotification();  // the client is gone
}

TEST(HttpServer, BreaksAConnectionWhoseHeaderTrickles) {
  HttpLimits limits;
  limits.request = absl::Milliseconds(50);
  limits.idle_timeout_seconds = 0;  // never
  const auto server = StartOne(Echo, limits);
  RawConnection silent(server->urls()[0]), trickling(server->urls()[0]);
  while (trickling.Send("x")) std::this_thread::yield();
  EXPECT_EQ(silent.Receive(1), "");
}

TEST(HttpServer, BreaksAConnectionThatTakesItsResponseTooSlowly) {
  HttpLimits limits;
  limits.request = absl::Hours(1);
  limits.response = absl::Milliseconds(50);
  limits.idle_timeout_seconds = 0;  // never
  absl::Notification released;
  const auto server = StartOne(
      [&](const HttpRequest&) {
        HttpResponse response;
        response.body = std::string(64 << 20, 'x');
        response.held_while_sent =
            std::shared_ptr<void>(&released, [](void* r) { static_cast<absl::Notification*>(r)->Notify(); });
        return response;
      },
      limits);
  RawConnection slow(server->urls()[0], 4096);
  slow.Send("GET / HTTP/1.1\r\nHost: test\r\n\r\n");
  released.WaitForNotification();
  EXPECT_LT(slow.ReceiveAll().size(), size_t{64 << 20});
}

TEST(HttpServer, ServesManyAtATime) {
  const auto server = StartOne();
  std::vector<std::thread> clients;
  std::atomic<int> served{0};
  for (int i = 0; i < 500; ++i) {
    clients.emplace_back([&] { served += BodyOf(Get(server->urls()[0], "/x")) == "GET /x" ? 1 : 0; });
  }
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(served, 500);
}

TEST(HttpServer, ClosesConnectionsBeyondTheLimitAndServesAgain) {
  HttpLimits limits = GenerousLimits();
  limits.connections = 3;
  const auto server = StartOne(
      [](const HttpRequest& request) {
        HttpResponse response = Echo(request);
        if (request.path == "/big") response.body = std::string(64 << 20, 'x');
        return response;
      },
      limits);
  {
    std::vector<std::unique_ptr<RawConnection>> open;
    for (int i = 0; i < 3; ++i) {
      open.push_back(std::make_unique<RawConnection>(server->urls()[0]));
      open.back()->Send("GET /big HTTP/1.1\r\nHost: test\r\n\r\n");
      EXPECT_NE(open.back()->Receive(1), "");  // and reads no further
    }
    EXPECT_EQ(Get(server->urls()[0], "/x"), "");
  }
  while (Get(server->urls()[0], "/x").empty()) std::this_thread::yield();
}

TEST(HttpServer, ConnectionsThatAskForNothingGiveWay) {
  // Half of these connections is for those that gave way, because a busy machine may not have ended their threads yet.
  HttpLimits limits = GenerousLimits();
  limits.connections = 64;
  const auto server = StartOne(Echo, limits);
  std::vector<std::unique_ptr<RawConnection>> silent;
  for (int i = 0; i < 200; ++i) {
    silent.push_back(std::make_unique<RawConnection>(server->urls()[0]));
    EXPECT_EQ(BodyOf(Get(server->urls()[0], "/x")), "GET /x") << i;
  }
}

TEST(HttpServer, StopsAtOnceWhateverTheClientsDo) {
  const auto server = StartOne([](const HttpRequest& request) {
    HttpResponse response = Echo(request);
    if (request.path == "/big") response.body = std::string(64 << 20, 'x');
    return response;
  });
  const std::string& url = server->urls()[0];
  RawConnection silent(url), halfway(url), idle(url), slow(url);
  halfway.Send("GET /x HT");
  idle.Send("GET /x HTTP/1.1\r\nHost: test\r\n\r\n");
  EXPECT_EQ(BodyOf(idle.ReceiveResponse()), "GET /x");
  slow.Send("GET /big HTTP/1.1\r\nHost: test\r\n\r\n");
  EXPECT_NE(slow.Receive(1), "");
  const auto start = std::chrono::steady_clock::now();
  server->Stop();
  // Stop() takes a few milliseconds. If it waited for a time-out, it would take an hour.
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::minutes(1));
  EXPECT_EQ(idle.Receive(1), "");
  EXPECT_FALSE(RawConnection(url).is_connected());
  server->Stop();
}

// Records "STATUS PATH" of each request.
class Recorder final : public RequestObserver {
 public:
  explicit Recorder(std::vector<std::string>* seen) : seen_(*seen) {}

  void OnAnswer(const AnsweredRequest& request) override {
    EXPECT_GE(request.seconds, 0);
    seen_.push_back(std::to_string(request.status) + " " + std::string(request.path));
  }

 private:
  std::vector<std::string>& seen_;
};

TEST(HttpServer, ReportsEachRequestThatItAnswersRefusalsIncluded) {
  std::vector<std::string> seen;
  const auto handler = [](const HttpRequest& request) {
    HttpResponse response;
    response.status = request.path == "/busy" ? 503 : 200;
    return response;
  };
  auto server =
      HttpServer::Start({"127.0.0.1:0"}, handler, GenerousLimits(), nullptr, std::make_unique<Recorder>(&seen));
  ASSERT_TRUE(server.ok()) << server.status();
  const std::string url = (*server)->urls()[0];
  Get(url, "/a%20b?x=1");
  Get(url, "/busy");
  Get(url, "/smuggled", "Content-Length: 0\r\nTransfer-Encoding: chunked\r\n");
  (*server)->Stop();
  EXPECT_THAT(seen, ElementsAre("200 /a b", "503 /busy", "400 /smuggled"));
}

TEST(HttpServer, TellsHowLongAnAnswerTook) {
  class Longest final : public RequestObserver {
   public:
    explicit Longest(double* seconds) : seconds_(*seconds) {}
    void OnAnswer(const AnsweredRequest& request) override { seconds_ = std::max(seconds_, request.seconds); }

   private:
    double& seconds_;
  };
  double seconds = 0;
  const auto handler = [](const HttpRequest&) {
    const auto begin = std::chrono::steady_clock::now();
    while (std::chrono::steady_clock::now() - begin < std::chrono::milliseconds(20)) {
    }
    return HttpResponse();
  };
  auto server =
      HttpServer::Start({"127.0.0.1:0"}, handler, GenerousLimits(), nullptr, std::make_unique<Longest>(&seconds));
  ASSERT_TRUE(server.ok()) << server.status();
  Get((*server)->urls()[0], "/");
  (*server)->Stop();
  EXPECT_GE(seconds, 0.02);
}

}  // namespace
}  // namespace tcpgauge
