// SPDX-License-Identifier: Apache-2.0
// What HttpServer makes of the head of a request: its length, its target and its Host.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "exporter/http/request_head.h"
#include "tests/exporter/http/echo_server.h"
#include "tests/exporter/http/http_client.h"

namespace tcpgauge {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

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
  const size_t limit = RequestHeadLimits().bytes;
  for (const LongHeader& header : kLongHeaders) {
    const std::string longest = header.make(limit), too_long = header.make(limit + 1);
    ASSERT_EQ(longest.size(), limit) << header.name;
    EXPECT_THAT(StatusesOf(*server, longest), ElementsAre("200")) << header.name;
    EXPECT_THAT(StatusesOf(*server, longest + longest + longest), ElementsAre("200", "200", "200")) << header.name;
    EXPECT_THAT(StatusesOf(*server, too_long), ElementsAre("431")) << header.name;
    EXPECT_THAT(StatusesOf(*server, longest + too_long + longest), ElementsAre("200", "431")) << header.name;
    for (const size_t bytes : {34000, 40000, 60000, 70000, 75000}) {
      EXPECT_THAT(StatusesOf(*server, header.make(bytes)), ElementsAre(testing::AnyOf("431", "414")))
          << header.name << " of " << bytes << " bytes";
    }
  }
}

TEST(HttpServer, RefusesAFoldedLineOfAnyLength) {
  const auto server = StartOne();
  const auto folded = [](size_t bytes) {
    std::string header = std::string("GET / HTTP/1.1\r\n") + kHostLine + "X-Folded: a\r\n";
    while (header.size() < bytes) header += Filled(" ", 80, "\r\n");
    return header + "\r\n";
  };
  for (const size_t bytes : {100, 8000, 16000}) {
    EXPECT_THAT(StatusesOf(*server, folded(bytes)), ElementsAre("400")) << bytes;
  }
  for (const size_t bytes : {33000, 40000, 100000}) {
    EXPECT_THAT(StatusesOf(*server, folded(bytes)), ElementsAre("431")) << bytes;
  }
}

TEST(HttpServer, RefusesALongHeaderBeforeABodyOnce) {
  const auto server = StartOne();
  for (const LongHeader& header : kLongHeaders) {
    for (const size_t bytes : {RequestHeadLimits().bytes + 100, size_t{50000}}) {
      std::string request = header.make(bytes);
      request.replace(0, 3, "POST");
      request.replace(request.size() - 2, 2, "Content-Length: 20000\r\n\r\n");
      EXPECT_EQ(StatusesOf(*server, request + std::string(20000, 'b')).size(), 1u) << header.name << ' ' << bytes;
    }
  }
}

TEST(HttpServer, RefusesATargetBeyondTheLimitAsSuch) {
  const auto server = StartOne();
  const size_t limit = RequestHeadLimits().bytes;
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
  const size_t limit = RequestHeadLimits().fields;
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

}  // namespace
}  // namespace tcpgauge
