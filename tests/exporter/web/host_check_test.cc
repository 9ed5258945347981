// SPDX-License-Identifier: Apache-2.0
#include "exporter/web/host_check.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "exporter/http/request_head.h"

namespace tcpgauge {
namespace {

HostNames::List ListOf(std::vector<std::string> names) {
  return std::make_shared<const std::vector<std::string>>(std::move(names));
}

HostNames NamesOf(std::vector<std::string> patterns, const std::vector<std::string>& machine = {},
                  const std::vector<std::string>& certificate = {}) {
  HostNames names;
  names.patterns = std::move(patterns);
  names.of_machine = [list = ListOf(machine)] { return list; };
  names.of_certificate = [list = ListOf(certificate)] { return list; };
  return names;
}

// Whether a request with this header Host is allowed.
bool Allows(const HostNames& names, const std::string& host) {
  HttpRequest request;
  request.headers = {{"Host", host}};
  return HostCheck(names).Allows(request);
}

TEST(HostCheck, AllowsAddressesAndLocalhostWithoutAnyNames) {
  for (const char* host : {"127.0.0.1", "127.0.0.1:10406", "192.0.2.7:1", "[::1]", "[2001:db8::1]:10406",
                           "[fe80::1%25eth0]:10406", "localhost", "LocalHost.:10406", ""}) {
    EXPECT_TRUE(Allows(HostNames(), host)) << host;
  }
  for (const char* host : {"evil.example", "evil.example:10406", "localhost.evil.example", "127.0.0.1.evil.example",
                           "evil.localhost", "127.0.0.1%25.evil.example", "localhos", ".", "localhost.."}) {
    EXPECT_FALSE(Allows(HostNames(), host)) << host;
  }
}

TEST(HostCheck, AllowsTheNamesThatItIsTold) {
  const HostNames names = NamesOf({"gauge.example", "*.svc.cluster.local"}, {"Node7", "node7.example"});
  for (const char* host : {"gauge.example:10406", "GAUGE.example.", "tcpgauge.monitoring.svc.cluster.local:10406",
                           "node7", "NODE7.example:80"}) {
    EXPECT_TRUE(Allows(names, host)) << host;
  }
  for (const char* host : {"a.gauge.example", "svc.cluster.local", "node8", "node7.evil.example", "node"}) {
    EXPECT_FALSE(Allows(names, host)) << host;
  }
  EXPECT_TRUE(Allows(NamesOf({"*"}), "evil.example"));
}

TEST(HostCheck, AllowsTheNamesOfTheCertificate) {
  const HostNames names =
      NamesOf({}, {}, {"gauge.example", "*.apps.example", "*", "*.example", "not a name", "", "web\xc3\xbc.example"});
  for (const char* host : {"gauge.example", "x.apps.example:443", "X.APPS.EXAMPLE."}) {
    EXPECT_TRUE(Allows(names, host)) << host;
  }
  for (const char* host :
       {"apps.example", "y.x.apps.example", "evil.example", "example", "evil.test", "not%20a%20name"}) {
    EXPECT_FALSE(Allows(names, host)) << host;
  }
}

TEST(HostCheck, NamesMayChangeWhileItRuns) {
  auto current = ListOf({});
  HostNames names;
  names.of_machine = [&current] { return current; };
  EXPECT_FALSE(Allows(names, "node7.example"));
  current = ListOf({"node7.example"});
  EXPECT_TRUE(Allows(names, "node7.example"));
}

TEST(HostCheck, AClientOfAUnixSocketIsNoBrowser) {
  HttpRequest request;
  request.headers = {{"Host", "evil.example"}};
  request.is_from_unix_socket = true;
  EXPECT_TRUE(HostCheck(HostNames()).Allows(request));
}

// Whether a request with this head is allowed. A head that is malformed is not.
bool AllowsHead(const std::string& head) {
  const std::variant<RequestHead, RequestHeadError> parsed = ParseRequestHead(head + "\r\n", RequestHeadLimits());
  const auto* request = std::get_if<RequestHead>(&parsed);
  return request != nullptr && HostCheck(HostNames()).Allows(request->request);
}

TEST(HostCheck, NoWayOfWritingAHeadHidesItsHost) {
  EXPECT_TRUE(AllowsHead("GET / HTTP/1.0\r\n")) << "no browser sends it";
  EXPECT_TRUE(AllowsHead("GET / HTTP/1.1\r\nHost: localhost:1\r\n"));
  EXPECT_TRUE(AllowsHead("GET http://127.0.0.1:10406/ HTTP/1.1\r\nHost: evil.example\r\n")) << "the target counts";
  for (const char* head : {
           "GET / HTTP/1.1\r\nHost: evil.example\r\n",
           "GET / HTTP/1.0\r\nHost: evil.example\r\n",
           "GET / HTTP/1.1\r\nhOsT:\tevil.example \r\n",
           "GET http://evil.example/ HTTP/1.1\r\nHost: localhost\r\n",
           "GET HTTP://evil.example/ HTTP/1.0\r\n",
           "GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n",
           "GET / HTTP/1.1\r\nHost: evil.example\r\nHost: localhost\r\n",
           "GET / HTTP/1.1\r\nHost: localhost, evil.example\r\n",
           "GET / HTTP/1.1\r\nHost: localhost@evil.example\r\n",
           "GET / HTTP/1.1\r\nHost: evil.example:127.0.0.1\r\n",
           "GET / HTTP/1.1\r\nHost: [::1]evil.example\r\n",
           "GET / HTTP/1.1\r\nHost: [::1].evil.example\r\n",
           "GET / HTTP/1.1\r\nHost: ::1\r\n",
           "GET / HTTP/1.1\r\nHost: [evil.example]\r\n",
           "GET / HTTP/1.1\r\nHost: b\xc3\xbc"
           "cher.example\r\n",
           "GET / HTTP/1.1\r\nHost: evil.example:99999\r\n",
           "GET / HTTP/1.1\r\nHost : localhost\r\n",
           "GET / HTTP/1.1\r\nHost:\r\n evil.example\r\n",
           "GET / HTTP/1.1\r\n",
       }) {
    EXPECT_FALSE(AllowsHead(head)) << head;
  }
}

HttpResponse Refusal(const std::string& host) {
  HttpRequest request;
  request.headers = {{"Host", host}};
  return HostCheck(HostNames()).Guard([](const HttpRequest&) { return HttpResponse(); })(request);
}

TEST(HostCheck, SaysWhichOptionAllowsAName) {
  EXPECT_EQ(Refusal("127.0.0.1").status, 200);
  const HttpResponse refusal = Refusal("Gauge.Example:10406");
  EXPECT_EQ(refusal.status, 421);
  EXPECT_EQ(refusal.content_type, "text/plain; charset=utf-8");
  EXPECT_EQ(refusal.body,
            "421 misdirected request: gauge.example is not known as a name of this agent; use an IP address, or start "
            "the agent with --web.allowed-hosts and this name\n");
  EXPECT_EQ(refusal.headers, (HttpFields{{"Cache-Control", "no-store"}}));
  EXPECT_LT(Refusal(std::string(30000, 'x')).body.size(), 400u);
}

}  // namespace
}  // namespace tcpgauge
