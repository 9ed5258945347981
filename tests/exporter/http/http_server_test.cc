// SPDX-License-Identifier: Apache-2.0
#include "exporter/http/http_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "exporter/http/listen_socket.h"
#include "exporter/http/request_observer.h"
#include "tests/exporter/http/echo_server.h"
#include "tests/exporter/http/generous_limits.h"
#include "tests/exporter/http/http_client.h"
#include "tests/support/scratch_directory.h"

namespace tcpgauge {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

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

TEST(HttpServer, TellsTheHandlerWhichRequestsComeFromAUnixSocket) {
  const ScratchDirectory directory;
  const auto server = StartOn({"127.0.0.1:0", "unix:" + directory.path() + "/s"}, [](const HttpRequest& request) {
    HttpResponse response;
    response.body = request.is_from_unix_socket ? "unix" : "TCP";
    return response;
  });
  EXPECT_EQ(BodyOf(Get(server->urls()[0], "/x")), "TCP");
  EXPECT_EQ(BodyOf(Get(server->urls()[1], "/x")), "unix");
}

TEST(HttpServer, LeavesNothingOpenWhenOneAddressCannotBeHad) {
  const auto first = StartOne();
  const std::string taken = first->urls()[0].substr(7);
  const auto server = HttpServer::Start({"127.0.0.1:0", taken}, {Echo});
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

TEST(HttpServer, NeedsAnAddress) {
  EXPECT_EQ(HttpServer::Open({}, {Echo}).status().code(), absl::StatusCode::kInvalidArgument);
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

// A body of 64 MB, which no socket buffers. `released` is notified when the server has released it.
std::shared_ptr<const std::string> LargeBody(absl::Notification* released) {
  return {new std::string(64 << 20, 'x'), [released](const std::string* body) {
            delete body;
            released->Notify();
          }};
}

HttpResponse WithBody(std::shared_ptr<const std::string> body) {
  HttpResponse response;
  response.shared_body = std::move(body);
  return response;
}

TEST(HttpServer, HoldsABodyUntilTheClientIsGone) {
  absl::Notification released;
  const auto server = StartOne([&](const HttpRequest&) { return WithBody(LargeBody(&released)); });
  {
    RawConnection slow(server->urls()[0]);
    slow.Send("GET / HTTP/1.1\r\nHost: test\r\n\r\n");
    EXPECT_NE(slow.Receive(1), "");
    EXPECT_FALSE(released.HasBeenNotified());
  }
  released.WaitForNotification();
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
  const auto server = StartOne([&](const HttpRequest&) { return WithBody(LargeBody(&released)); }, limits);
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

TEST(HttpServer, ANewConnectionTakesThePlaceOfAClientThatDoesNotRead) {
  HttpLimits limits = GenerousLimits();
  limits.connections = 3;
  const auto server = StartOne(
      [](const HttpRequest& request) {
        HttpResponse response = Echo(request);
        if (request.path == "/big") response.body = std::string(64 << 20, 'x');
        return response;
      },
      limits);
  std::vector<std::unique_ptr<RawConnection>> open;
  for (int i = 0; i < 3; ++i) {
    open.push_back(std::make_unique<RawConnection>(server->urls()[0]));
    open.back()->Send("GET /big HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n");
    EXPECT_NE(open.back()->Receive(1), "");  // and reads no further
  }
  EXPECT_EQ(BodyOf(Get(server->urls()[0], "/x")), "GET /x");
  // Which one depends on when their kernels took the last bytes.
  size_t cut_off = 0;
  for (const auto& connection : open) cut_off += connection->ReceiveAll().size() < (64 << 20) ? 1 : 0;
  EXPECT_GE(cut_off, 1u);
}

TEST(HttpServer, AClientThatEndsSendingAndDoesNotReadKeepsAPlaceWhichOthersTake) {
  constexpr size_t kBodyBytes = 16000;  // the server's kernel takes it at once, the client's does not
  HttpLimits limits = GenerousLimits();
  limits.connections = 3;
  const auto server = StartOne(
      [](const HttpRequest& request) {
        HttpResponse response = Echo(request);
        if (request.path == "/big") response.body = std::string(kBodyBytes, 'x');
        return response;
      },
      limits);
  for (const std::string headers : {"", "Connection: close\r\n"}) {
    RawConnection stalled(server->urls()[0], 2048);
    stalled.Send("GET /big HTTP/1.1\r\nHost: test\r\n" + headers + "\r\n");
    stalled.EndSending();
    EXPECT_NE(stalled.Receive(1), "");
    for (int i = 0; i < 5; ++i) EXPECT_EQ(BodyOf(Get(server->urls()[0], "/x")), "GET /x");
    std::vector<std::unique_ptr<RawConnection>> others;
    for (int i = 0; i < 6; ++i) others.push_back(std::make_unique<RawConnection>(server->urls()[0]));
    EXPECT_EQ(BodyOf(Get(server->urls()[0], "/x")), "GET /x");
    EXPECT_LT(stalled.ReceiveAll().size(), kBodyBytes) << headers;
  }
}

TEST(HttpServer, AClientThatEndsSendingAndReadsLateGetsAllOfItsResponse) {
  constexpr size_t kBodyBytes = 16000;
  const auto server = StartOne([](const HttpRequest& request) {
    HttpResponse response = Echo(request);
    if (request.path == "/big") response.body = std::string(kBodyBytes, 'x');
    return response;
  });
  for (const std::string headers : {"", "Connection: close\r\n"}) {
    RawConnection late(server->urls()[0], 2048);
    late.Send("GET /big HTTP/1.1\r\nHost: test\r\n" + headers + "\r\n");
    late.EndSending();
    EXPECT_EQ(BodyOf(Get(server->urls()[0], "/x")), "GET /x");
    EXPECT_EQ(BodyOf(late.ReceiveAll()).size(), kBodyBytes) << headers;
  }
}

TEST(HttpServer, RefusesABodyThatDoesNotFitBesideThatOfAClientThatTakesIt) {
  absl::Notification released;
  HttpLimits limits = GenerousLimits();
  limits.response_bytes = 100 << 20;
  std::atomic<int> requests{0};
  const auto server = StartOne(
      [&](const HttpRequest&) {
        if (requests++ == 0) return WithBody(LargeBody(&released));
        return WithBody(std::make_shared<const std::string>(64 << 20, 'y'));
      },
      limits);
  RawConnection first(server->urls()[0]), second(server->urls()[0]);
  first.Send("GET /big HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n");
  EXPECT_NE(first.Receive(1), "");
  second.Send("GET /big HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(second.ReceiveAll(), StartsWith("HTTP/1.1 503"));
  EXPECT_GT(first.ReceiveAll().size(), size_t{64 << 20});
}

TEST(HttpServer, CountsABodyThatResponsesShareOnce) {
  absl::Notification released;
  const std::shared_ptr<const std::string> body = LargeBody(&released);
  HttpLimits limits = GenerousLimits();
  limits.response_bytes = 100 << 20;
  const auto server = StartOne([&](const HttpRequest&) { return WithBody(body); }, limits);
  std::vector<std::unique_ptr<RawConnection>> open;
  for (int i = 0; i < 5; ++i) {
    open.push_back(std::make_unique<RawConnection>(server->urls()[0]));
    open.back()->Send("GET /big HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n");
    EXPECT_NE(open.back()->Receive(1), "");
  }
  for (const auto& connection : open) EXPECT_GT(connection->ReceiveAll().size(), size_t{64 << 20});
}

TEST(HttpServer, TellsAHandlerThatItsClientIsGone) {
  absl::Notification asked, abandoned;
  const auto server = StartOne([&](const HttpRequest& request) {
    if (request.path == "/next") return HttpResponse();  // may be asked for before the server knows that nobody reads
    asked.Notify();
    while (!request.IsAbandoned()) std::this_thread::yield();
    abandoned.Notify();
    return HttpResponse();
  });
  {
    RawConnection client(server->urls()[0]);
    client.Send("GET / HTTP/1.1\r\nHost: test\r\n\r\nGET /next HTTP/1.1\r\nHost: test\r\n\r\n");
    asked.WaitForNotification();
  }
  abandoned.WaitForNotification();
}

TEST(HttpServer, AnswersAClientThatHasOnlyEndedSending) {
  absl::Notification asked, ended;
  bool was_abandoned = false;
  const auto server = StartOne([&](const HttpRequest& request) {
    asked.Notify();
    ended.WaitForNotification();
    // The server looks at its clients ten times a second.
    const absl::Time end = absl::Now() + absl::Milliseconds(400);
    while (absl::Now() < end) std::this_thread::yield();
    was_abandoned = request.IsAbandoned();
    return Echo(request);
  });
  RawConnection client(server->urls()[0]);
  client.Send("GET /x HTTP/1.1\r\nHost: test\r\n\r\n");
  asked.WaitForNotification();
  client.EndSending();
  ended.Notify();
  EXPECT_EQ(BodyOf(client.ReceiveAll()), "GET /x");
  EXPECT_FALSE(was_abandoned);
}

TEST(HttpServer, TellsAHandlerThatTheServerStops) {
  absl::Notification asked;
  const auto server = StartOne([&](const HttpRequest& request) {
    asked.Notify();
    while (!request.IsAbandoned()) std::this_thread::yield();
    return HttpResponse();
  });
  RawConnection client(server->urls()[0]);
  client.Send("GET / HTTP/1.1\r\nHost: test\r\n\r\n");
  asked.WaitForNotification();
  server->Stop();
  EXPECT_EQ(client.Receive(1), "");
}

TEST(HttpServer, DoesNotTakeABodyForARequest) {
  const auto server = StartOne();
  RawConnection connection(server->urls()[0]);
  const std::string inner = "GET /inner HTTP/1.1\r\nHost: test\r\n\r\n";
  connection.Send("GET /outer HTTP/1.1\r\nHost: test\r\nContent-Length: " + std::to_string(inner.size()) + "\r\n\r\n" +
                  inner);
  const std::string response = connection.ReceiveAll();
  EXPECT_EQ(BodyOf(response), "GET /outer");
  EXPECT_THAT(response, HasSubstr("\r\nConnection: close\r\n"));
}

TEST(HttpServer, KeepsAConnectionOfHttp10OpenOnRequest) {
  const auto server = StartOne();
  RawConnection connection(server->urls()[0]);
  for (int i = 0; i < 2; ++i) {
    connection.Send("GET /x HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    const std::string response = connection.ReceiveResponse();
    EXPECT_EQ(BodyOf(response), "GET /x");
    EXPECT_THAT(response, HasSubstr("\r\nConnection: keep-alive\r\n"));
  }
  connection.Send("GET /x HTTP/1.0\r\n\r\n");
  EXPECT_EQ(BodyOf(connection.ReceiveAll()), "GET /x");
}

TEST(HttpServer, ConnectionsThatAskForNothingGiveWay) {
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
  HttpService service;
  service.handler = handler;
  service.observer = std::make_unique<Recorder>(&seen);
  auto server = HttpServer::Start({"127.0.0.1:0"}, std::move(service), GenerousLimits());
  ASSERT_TRUE(server.ok()) << server.status();
  const std::string url = (*server)->urls()[0];
  Get(url, "/a%20b?x=1");
  Get(url, "/busy");
  Get(url, "/smuggled", "Content-Length: 0\r\nTransfer-Encoding: chunked\r\n");
  (*server)->Stop();
  EXPECT_THAT(seen, ElementsAre("200 /a b", "503 /busy", "400 /smuggled"));
}

TEST(HttpServer, ReportsARequestOnceIfTheBodyOfItsAnswerDoesNotFit) {
  std::vector<std::string> seen;
  absl::Notification released;
  HttpLimits limits = GenerousLimits();
  limits.response_bytes = 100 << 20;
  HttpService service;
  service.handler = [&released](const HttpRequest& request) {
    if (request.path == "/first") return WithBody(LargeBody(&released));
    return WithBody(std::make_shared<const std::string>(64 << 20, 'y'));
  };
  service.observer = std::make_unique<Recorder>(&seen);
  auto server = HttpServer::Start({"127.0.0.1:0"}, std::move(service), limits);
  ASSERT_TRUE(server.ok()) << server.status();
  RawConnection first((*server)->urls()[0]), second((*server)->urls()[0]);
  first.Send("GET /first HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n");
  EXPECT_NE(first.Receive(1), "");
  second.Send("GET /second HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(second.ReceiveAll(), StartsWith("HTTP/1.1 503"));
  (*server)->Stop();
  EXPECT_THAT(seen, ElementsAre("200 /first", "503 /second"));
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
  HttpService service;
  service.handler = handler;
  service.observer = std::make_unique<Longest>(&seconds);
  auto server = HttpServer::Start({"127.0.0.1:0"}, std::move(service), GenerousLimits());
  ASSERT_TRUE(server.ok()) << server.status();
  Get((*server)->urls()[0], "/");
  (*server)->Stop();
  EXPECT_GE(seconds, 0.02);
}

}  // namespace
}  // namespace tcpgauge
