// SPDX-License-Identifier: Apache-2.0
#include "src/http_client/http_client.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <initializer_list>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "exporter/http/http_server.h"
#include "src/base/gzip.h"
#include "src/base/stop_signal.h"
#include "src/http_client/proxy_settings.h"
#include "tests/exporter/http/generous_limits.h"
#include "tests/support/scratch_directory.h"

namespace tcpgauge {
namespace {

constexpr int kLongMs = 200000;
constexpr size_t kHugeBytes = 30 << 20;

class HttpClientTest : public testing::Test {
 protected:
  HttpClientTest() {
    HttpHandler handler = [](const HttpRequest& request) {
      HttpResponse response;
      response.status = request.path == "/busy" ? 503 : 200;
      if (request.path == "/busy") response.headers.emplace_back("Retry-After", "7");
      response.body = request.path == "/big" ? std::string(5000, 'x') : "hello";
      if (request.path == "/huge") response.body = std::string(kHugeBytes, 'x');
      if (const auto encoding = request.QueryParameter("encoding")) {
        response.headers.emplace_back("Content-Encoding", *encoding);
        response.body = Gzip(request.path == "/bomb" ? std::string(kHugeBytes, 'x') : "hello");
      }
      return response;
    };
    server_ = *HttpServer::Start({"127.0.0.1:0"}, {std::move(handler)}, GenerousLimits());
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

TEST_F(HttpClientTest, ALongBodyCanBeTakenWhileItArrives) {
  for (const bool is_cut : {false, true}) {
    HttpClientOptions options;
    options.max_body_bytes = is_cut ? kHugeBytes - 1 : kHugeBytes;
    HttpClient client(options);
    HttpCall call;
    call.url = url_ + "/huge";
    call.timeout_ms = kLongMs;
    client.Start(call);
    size_t taken = 0, pieces = 0;
    std::optional<absl::StatusOr<HttpAnswer>> answer;
    while (!(answer = client.Wait(-1, kLongMs)).has_value()) {
      if (!client.HasBody()) continue;
      EXPECT_EQ(client.StatusSoFar(), 200);
      taken += client.TakeBody().size();
      EXPECT_FALSE(client.HasBody());
      ++pieces;
    }
    ASSERT_TRUE(answer->ok()) << answer->status();
    EXPECT_EQ(taken + (*answer)->body.size(), options.max_body_bytes);
    EXPECT_GT(pieces, 1u);
    EXPECT_EQ((*answer)->body_cut, is_cut);
  }
}

TEST_F(HttpClientTest, ReceivesNoMoreThanMayWaitUntilItIsTaken) {
  HttpClientOptions options;
  options.max_body_bytes = SIZE_MAX;
  options.max_waiting_bytes = 30000;
  HttpClient client(options);
  HttpCall call;
  call.url = url_ + "/huge";
  call.timeout_ms = kLongMs;
  client.Start(call);
  size_t taken = 0, longest = 0;
  std::optional<absl::StatusOr<HttpAnswer>> answer;
  while (!(answer = client.Wait(-1, kLongMs)).has_value()) {
    const std::string piece = client.TakeBody();
    taken += piece.size();
    longest = std::max(longest, piece.size());
  }
  ASSERT_TRUE(answer->ok()) << answer->status();
  EXPECT_EQ(taken + (*answer)->body.size(), kHugeBytes);
  EXPECT_LT(std::max(longest, (*answer)->body.size()), options.max_waiting_bytes + 16384);
  EXPECT_EQ(Get(&client, url_ + "/")->body, "hello");
}

TEST_F(HttpClientTest, ReadsNoMoreOfACompressedBodyThanItMay) {
  HttpClientOptions options;
  options.accept_gzip = true;
  options.max_body_bytes = 100000;
  HttpClient client(options);
  const auto answer = Get(&client, url_ + "/bomb?encoding=gzip");
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_TRUE(answer->body_cut);
  EXPECT_EQ(answer->body.size(), options.max_body_bytes);
}

TEST_F(HttpClientTest, AnAnswerIsCompressedOnceAndAsItWasAskedFor) {
  HttpClientOptions options;
  options.accept_gzip = true;
  HttpClient client(options);
  for (const std::string encoding : {"gzip", "X-GZIP", "identity,gzip", "%20,%20gzip%20,"}) {
    const auto answer = Get(&client, url_ + "/?encoding=" + encoding);
    ASSERT_TRUE(answer.ok()) << answer.status();
    EXPECT_EQ(answer->body, "hello");
  }
  for (const std::string encoding : {"gzip,gzip", "gzip,%20identity,%20x-gzip", "gzip,gzip,gzip,gzip,gzip"}) {
    EXPECT_EQ(Get(&client, url_ + "/?encoding=" + encoding).status().message(),
              "the answer is compressed more than once");
  }
  for (const std::string encoding : {"br", "deflate", "zstd", "gzip,br", "br,gzip"}) {
    const absl::Status status = Get(&client, url_ + "/?encoding=" + encoding).status();
    EXPECT_TRUE(absl::IsUnavailable(status));
    EXPECT_TRUE(absl::StrContains(status.message(), "which was not asked for")) << status;
  }
  EXPECT_EQ(Get(&client, url_ + "/?encoding=gzip")->body, "hello") << "each call anew";
  HttpClient plain({});
  EXPECT_EQ(Get(&plain, url_ + "/?encoding=br")->body, Gzip("hello")) << "which is not decoded";
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

// A server whose answers redirect, and tell how they were asked for.
class RedirectionTest : public HttpClientTest {
 protected:
  RedirectionTest() {
    HttpHandler handler = [this](const HttpRequest& request) {
      HttpResponse response;
      response.body = request.method + " " + request.path + " as " + request.Header("Authorization").value_or("nobody");
      // /307/3/x redirects to /307/2/x, and so on to /307/0/x.
      const int status = std::atoi(request.path.c_str() + 1);
      if (status == 0) return response;
      const size_t slash = request.path.find('/', 1);
      const int left = std::atoi(request.path.c_str() + slash + 1);
      if (left == 0) return response;
      response.status = status;
      const std::string rest = request.path.substr(request.path.find('/', slash + 1));
      response.headers.emplace_back(
          "Location",
          location_.empty() ? "/" + std::to_string(status) + "/" + std::to_string(left - 1) + rest : location_);
      return response;
    };
    redirecting_ = *HttpServer::Start({"127.0.0.1:0"}, {std::move(handler)}, GenerousLimits());
    url_ = redirecting_->urls()[0];
  }

  static absl::StatusOr<HttpAnswer> Post(HttpClient* client, const std::string& url, int64_t timeout_ms = kLongMs) {
    const std::string body = "body";
    HttpCall call;
    call.url = url;
    call.post_body = &body;
    call.timeout_ms = timeout_ms;
    client->Start(call);
    while (true) {
      if (auto answer = client->Wait(-1, kLongMs)) return *std::move(answer);
    }
  }

  std::string location_;  // what the server redirects to; empty = see above
  std::unique_ptr<HttpServer> redirecting_;
};

TEST_F(RedirectionTest, Follows307And308WithTheMethodAndTheUser) {
  HttpClient client({});
  const std::string with_user = "http://user:p%40ss@" + url_.substr(7);
  EXPECT_EQ(Post(&client, url_ + "/307/1/x")->body, "POST /307/0/x as nobody");
  EXPECT_EQ(Post(&client, url_ + "/308/10/x")->body, "POST /308/0/x as nobody");
  EXPECT_EQ(Post(&client, with_user + "/307/3/x")->body, "POST /307/0/x as Basic dXNlcjpwQHNz");
  EXPECT_EQ(Get(&client, with_user + "/308/2/x")->body, "GET /308/0/x as Basic dXNlcjpwQHNz");
  location_ = url_ + "/elsewhere";
  EXPECT_EQ(Post(&client, url_ + "/307/1/x")->body, "POST /elsewhere as nobody");
  location_ = "elsewhere?q=1";
  EXPECT_EQ(Post(&client, url_ + "/307/1/x")->body, "POST /307/1/elsewhere as nobody")
      << "as the path has no number left";
}

TEST_F(RedirectionTest, FollowsToAnotherPortOfTheSameHost) {
  HttpClient client({});
  location_ = server_->urls()[0] + "/";
  EXPECT_EQ(Post(&client, url_ + "/307/1/x")->body, "hello");
}

TEST_F(RedirectionTest, FollowsTenTimesAndNoMore) {
  HttpClient client({});
  const auto answer = Post(&client, url_ + "/307/11/x");
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->status, 307);
  EXPECT_EQ(answer->redirection, "redirected more than 10 times, at last to " + url_ + "/307/0/x");
  EXPECT_EQ(Post(&client, url_ + "/307/10/x")->status, 200) << "each call anew";
}

TEST_F(RedirectionTest, NamesWhereOtherRedirectionsLead) {
  HttpClient client({});
  for (const std::string status : {"/301/1/x", "/302/1/x", "/303/1/x"}) {
    const auto answer = Post(&client, url_ + status);
    ASSERT_TRUE(answer.ok()) << answer.status();
    EXPECT_EQ(answer->status / 100, 3);
    EXPECT_EQ(answer->redirection, "redirected to " + url_ + status.substr(0, 4) + "/0/x; use that URL");
  }
  const std::string port = url_.substr(url_.rfind(':'));
  for (const auto& [location, shown] :
       {std::pair<std::string, std::string>{"http://other.example/x", "http://other.example/x"},
        {"https://127.0.0.1" + port + "/x", "https://127.0.0.1" + port + "/x"},
        {"http://localhost" + port + "/x", "http://localhost" + port + "/x"},
        {"//127.0.0.2/x", "http://127.0.0.2/x"},
        {"http://user:secret@other.example/", "http://other.example/"}}) {
    location_ = location;
    const auto answer = Post(&client, url_ + "/307/1/x");
    ASSERT_TRUE(answer.ok()) << answer.status();
    EXPECT_EQ(answer->status, 307) << location;
    EXPECT_EQ(answer->redirection, "redirected to " + shown + "; use that URL");
  }
  location_ = "http://other.example/" + std::string(5000, 'x');
  EXPECT_LT(Post(&client, url_ + "/308/1/x")->redirection.size(), 500u);
  EXPECT_EQ(Post(&client, url_ + "/x")->redirection, "");
}

// A proxy that answers itself, and tells what it was asked for.
class ProxyTest : public HttpClientTest {
 protected:
  ProxyTest() {
    HttpHandler handler = [](const HttpRequest& request) {
      HttpResponse response;
      response.body = request.method + " " + request.path + " of " + request.Header("Host").value_or("") + " as " +
                      request.Header("Proxy-Authorization").value_or("nobody");
      if (request.path == "/again") {
        response.status = 307;
        response.headers.emplace_back("Location", "/y");
      }
      return response;
    };
    proxy_ = *HttpServer::Start({"127.0.0.1:0"}, {std::move(handler)}, GenerousLimits());
  }

  // The address of the proxy, without http://.
  std::string address() const { return proxy_->urls()[0].substr(7); }

  static HttpClientOptions With(const std::string& variable, const std::string& value,
                                const std::string& unix_path = "") {
    HttpClientOptions options;
    options.unix_path = unix_path;
    options.proxies =
        ProxySettings::FromEnvironment([&](const char* name) { return name == variable ? value.c_str() : nullptr; });
    return options;
  }

  std::unique_ptr<HttpServer> proxy_;
};

TEST_F(ProxyTest, CallsGoThroughTheProxy) {
  for (const std::string variable : {"HTTP_PROXY", "http_proxy"}) {
    HttpClient client(With(variable, address()));
    EXPECT_EQ(Get(&client, "http://collector.example:4318/x")->body, "GET /x of collector.example:4318 as nobody");
    EXPECT_EQ(Get(&client, "http://192.0.2.1/x")->body, "GET /x of 192.0.2.1 as nobody");
  }
}

TEST_F(ProxyTest, TheProxyGetsItsUserAndPassword) {
  HttpClient client(With("HTTP_PROXY", "http://user:p%40ss@" + address()));
  EXPECT_EQ(Get(&client, "http://collector.example/x")->body, "GET /x of collector.example as Basic dXNlcjpwQHNz");
  EXPECT_EQ(Get(&client, "http://collector.example/again")->body, "GET /y of collector.example as Basic dXNlcjpwQHNz");
}

TEST_F(ProxyTest, ThisHostIsCalledDirectly) {
  HttpClient client(With("HTTP_PROXY", "http://192.0.2.1:1"));
  EXPECT_EQ(Get(&client, url_ + "/")->body, "hello");
  EXPECT_EQ(Get(&client, "http://localhost" + url_.substr(url_.rfind(':')) + "/")->body, "hello");
}

TEST_F(ProxyTest, AUnixSocketHasNoProxy) {
  const ScratchDirectory directory;
  const std::string path = directory.path() + "/s";
  HttpHandler handler = [](const HttpRequest&) {
    HttpResponse response;
    response.body = "by the socket";
    return response;
  };
  const auto server = *HttpServer::Start({"unix:" + path}, {std::move(handler)}, GenerousLimits());
  HttpClient client(With("HTTP_PROXY", address(), path));
  EXPECT_EQ(Get(&client, "http://collector.example/")->body, "by the socket");
}

TEST_F(ProxyTest, AWrongProxyIsAnErrorOfEachCallThatNeedsIt) {
  HttpClient client(With("HTTP_PROXY", "ftp://secret"));
  for (int i = 0; i < 2; ++i) {
    const auto answer = Get(&client, "http://collector.example/");
    EXPECT_TRUE(absl::IsUnavailable(answer.status()));
    EXPECT_EQ(answer.status().message(),
              "HTTP_PROXY is not the URL of a proxy; use http://HOST:PORT or http://USER:PASSWORD@HOST:PORT");
    EXPECT_EQ(Get(&client, url_ + "/")->body, "hello");
  }
}

TEST_F(ProxyTest, TheEnvironmentOfTheProcessHasNoEffect) {
  for (const char* name : {"http_proxy", "all_proxy", "ALL_PROXY"}) setenv(name, ("http://" + address()).c_str(), 1);
  setenv("no_proxy", "collector.example", 1);
  HttpClient direct({});
  EXPECT_FALSE(Get(&direct, "http://collector.invalid/").ok());
  HttpClient client(With("HTTP_PROXY", address()));
  EXPECT_EQ(Get(&client, "http://collector.example/x")->body, "GET /x of collector.example as nobody");
  for (const char* name : {"http_proxy", "all_proxy", "ALL_PROXY", "no_proxy"}) unsetenv(name);
}

TEST_F(HttpClientTest, EscapesWhatMayNotStandInAQuery) { EXPECT_EQ(HttpClient::Escape("a b&c"), "a%20b%26c"); }

TEST(CheckUrl, TakesEveryUrlThatCanReachAServer) {
  for (const char* right : {"http://h", "https://h:443/x?y#z", "http://h:1", "http://h:65535", "http://h:080",
                            "http://h:", "http://u:p@h:80", "http://127.0.0.1:80", "http://127.1", "http://127.0.0.1.",
                            "http://[::1]:80", "http://[fe80::1%25eth0]:80", "http://a_b.c-d", "http://1.example"}) {
    EXPECT_TRUE(HttpClient::CheckUrl(right).ok()) << right << ": " << HttpClient::CheckUrl(right);
  }
}

TEST(CheckUrl, SaysWhatIsWrong) {
  const auto check = [](const char* reason, std::initializer_list<const char*> urls) {
    for (const char* url : urls) {
      EXPECT_EQ(HttpClient::CheckUrl(url), absl::InvalidArgumentError(reason)) << url;
    }
  };
  check("its port is not a number from 1 to 65535",
        {"http://h:99999", "http://h:65536", "http://h:0", "http://h:000", "http://h:-1", "http://h:+1", "http://h:abc",
         "http://h:1e3", "http://h:0x50", "http://h:80:90", "http://h:99999999999999999999", "http://[::1]x",
         "http://[::1]:65536", "http://::1:80", "https://u:p@h:70000/x", "http://u@h:70000/x@y@z"});
  check("its host is not an IPv6 address in brackets",
        {"http://[::1", "http://[zz]:4318", "http://[]:80", "http://[1.2.3.4]", "http://[::1::2]"});
  check("its user or password has an @, which should be %40", {"http://u:p@q@h", "https://me@corp:p@h:443/x"});
  check("its host is no name and no address",
        {"http://300.1.1.1", "http://1.2.3.4.5:80", "http://256.1.1.1.", "http://.", "http://a,b", "http://<h>:80"});
}

}  // namespace
}  // namespace tcpgauge
