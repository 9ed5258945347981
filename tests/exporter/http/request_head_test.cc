// SPDX-License-Identifier: Apache-2.0
#include "exporter/http/request_head.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <variant>

namespace tcpgauge {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

using Parsed = std::variant<RequestHead, RequestHeadError>;

Parsed Parse(const std::string& head) { return ParseRequestHead(head, RequestHeadLimits()); }

RequestHead Good(const std::string& head) {
  const Parsed parsed = Parse(head);
  if (const auto* error = std::get_if<RequestHeadError>(&parsed)) {
    ADD_FAILURE() << error->status << ' ' << error->reason << " for " << testing::PrintToString(head);
    return {};
  }
  return std::get<RequestHead>(parsed);
}

// The status of the refusal of `head`; 0 = it is accepted.
int Status(const std::string& head) {
  const Parsed parsed = Parse(head);
  const auto* error = std::get_if<RequestHeadError>(&parsed);
  return error == nullptr ? 0 : error->status;
}

// A GET with a valid Host and `lines`.
std::string With(const std::string& lines) { return "GET /x HTTP/1.1\r\nHost: a\r\n" + lines + "\r\n"; }

TEST(RequestHead, HasMethodTargetAndHeaders) {
  const RequestHead head = Good("POST /a%20b?c=d HTTP/1.1\r\nHost: h:1\r\nX-Y:  some value \t\r\nEmpty:\r\n\r\n");
  EXPECT_EQ(head.request.method, "POST");
  EXPECT_EQ(head.request.path, "/a b");
  EXPECT_THAT(head.request.query, ElementsAre(Pair("c", "d")));
  EXPECT_THAT(head.request.headers, ElementsAre(Pair("Host", "h:1"), Pair("X-Y", "some value"), Pair("Empty", "")));
  EXPECT_TRUE(head.keeps_alive);
  EXPECT_FALSE(head.is_http_1_0);
  EXPECT_FALSE(head.has_body);
}

TEST(RequestHead, IgnoresOneEmptyLineBeforeIt) {
  EXPECT_EQ(Good("\r\n" + With("")).request.path, "/x");
  EXPECT_EQ(Status("\r\n\r\n" + With("")), 400);
}

TEST(RequestHead, SaysWhetherTheConnectionStaysOpen) {
  EXPECT_FALSE(Good(With("Connection: close\r\n")).keeps_alive);
  EXPECT_FALSE(Good(With("Connection: upgrade, Close\r\n")).keeps_alive);
  EXPECT_FALSE(Good("GET / HTTP/1.0\r\n\r\n").keeps_alive);
  EXPECT_TRUE(Good("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n").keeps_alive);
}

TEST(RequestHead, SaysWhetherABodyFollows) {
  EXPECT_FALSE(Good(With("Content-Length: 0\r\n")).has_body);
  EXPECT_FALSE(Good(With("Content-Length: 000\r\n")).has_body);
  EXPECT_TRUE(Good(With("Content-Length: 10\r\n")).has_body);
  EXPECT_TRUE(Good(With("Content-Length: 18446744073709551615\r\n")).has_body);
  EXPECT_TRUE(Good(With("Transfer-Encoding: Chunked\r\n")).has_body);
}

TEST(RequestHead, RefusesWhatIsNoRequestLine) {
  for (const std::string line : {
           "GET /",
           "GET / HTTP/1.1 ",
           "GET  / HTTP/1.1",
           "GET /  HTTP/1.1",
           " GET / HTTP/1.1",
           "GET\t/ HTTP/1.1",
           "GET /a b HTTP/1.1",
           "GET / http/1.1",
           "GET / HTTP/1",
           "GET / HTTP/11",
           "GET / HTTP/1.1x",
           "G(T / HTTP/1.1",
           "G\xc3\x84T / HTTP/1.1",
           " / HTTP/1.1",
           "GET",
           "",
       }) {
    EXPECT_EQ(Status(line + "\r\nHost: a\r\n\r\n"), 400) << line;
  }
}

TEST(RequestHead, RefusesOtherVersions) {
  for (const std::string version : {"0.9", "1.2", "2.0", "3.0", "9.9"}) {
    EXPECT_EQ(Status("GET / HTTP/" + version + "\r\nHost: a\r\n\r\n"), 505) << version;
  }
}

TEST(RequestHead, RefusesMalformedHeaderLines) {
  for (const std::string lines : {
           "X : y\r\n",
           "X\t: y\r\n",
           ": y\r\n",
           " : y\r\n",
           "X\r\n",
           "X y\r\n",
           "X(: y\r\n",
           "X\xc3\xa4: y\r\n",
           "Content-Length : 5\r\n",
           "X: y\r\n folded\r\n",
           "X: y\r\n\tfolded\r\n",
           "X:\r\n \r\n",
           "Content-Length: 1\r\n 0\r\n",
           " leading\r\n",
           "X: a\rb\r\n",
           "X: a\nY: b\r\n",
           "X: a\x01\r\n",
           "X: a\x7f\r\n",
           "X: a\x1b[2J\r\n",
       }) {
    EXPECT_EQ(Status(With(lines)), 400) << testing::PrintToString(lines);
  }
}

TEST(RequestHead, RefusesZeroBytesEverywhere) {
  const std::string head = With("X-Name: value\r\n");
  for (size_t i = 0; i < head.size(); ++i) {
    std::string with_zero = head;
    with_zero[i] = '\0';
    EXPECT_NE(Status(with_zero), 0) << i;
    with_zero = head;
    with_zero.insert(i, 1, '\0');
    EXPECT_NE(Status(with_zero), 0) << i;
  }
}

TEST(RequestHead, RefusesLineEndsOtherThanCrLf) {
  EXPECT_EQ(Status("GET / HTTP/1.1\nHost: a\n\n"), 400);
  EXPECT_EQ(Status("GET / HTTP/1.1\nHost: a\r\n\r\n"), 400);
  EXPECT_EQ(Status("GET / HTTP/1.1\r\nHost: a\n\r\n"), 400);
  EXPECT_EQ(Status("GET / HTTP/1.1\rHost: a\r\r\n\r\n"), 400);
}

TEST(RequestHead, RefusesSeveralLengths) {
  const std::string length = "Content-Length: 5\r\n", coding = "Transfer-Encoding: chunked\r\n";
  for (const std::string& lines :
       {length + length, length + "content-length: 6\r\n", length + coding, coding + length, coding + coding,
        std::string("Content-Length: 5, 5\r\n"), std::string("Content-Length: 5,6\r\n")}) {
    EXPECT_EQ(Status(With(lines)), 400) << lines;
  }
}

TEST(RequestHead, RefusesALengthThatIsNoDecimalNumber) {
  for (const std::string value : {"", "-1", "+5", "0x5", "5 5", "5a", "1e3", "5;", "99999999999999999999999"}) {
    EXPECT_EQ(Status(With("Content-Length: " + value + "\r\n")), 400) << value;
  }
}

TEST(RequestHead, RefusesOtherTransferCodings) {
  EXPECT_EQ(Status(With("Transfer-Encoding: gzip, chunked\r\n")), 501);
  for (const std::string value : {"gzip", "chunked, gzip", "identity", "\"chunked\"", ""}) {
    EXPECT_EQ(Status(With("Transfer-Encoding: " + value + "\r\n")), 400) << value;
  }
  EXPECT_EQ(Status("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"), 400);
}

TEST(RequestHead, RefusesTargetsOfTheWrongForm) {
  const auto status = [](const std::string& method, const std::string& target) {
    return Status(method + " " + target + " HTTP/1.1\r\nHost: a\r\n\r\n");
  };
  for (const std::string target : {"metrics", "*", "a:80", "?x", "ftp://a/", "//", "http:/a", "%2Fmetrics"}) {
    EXPECT_EQ(status("GET", target), target == "//" ? 0 : 400) << target;
  }
  EXPECT_EQ(status("OPTIONS", "*"), 0);
  EXPECT_EQ(status("CONNECT", "a:80"), 0);
  EXPECT_EQ(status("CONNECT", "a"), 400);
}

TEST(RequestHead, RefusesATargetThatIsNotAscii) {
  for (const std::string target : {"/\x80", "/caf\xc3\xa9", "/?q=\xff", "http://a/\xe2\x82\xac"}) {
    EXPECT_EQ(Status("GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n"), 400) << target;
  }
  EXPECT_EQ(Good("GET /caf%c3%a9 HTTP/1.1\r\nHost: a\r\n\r\n").request.path, "/caf\xc3\xa9");
}

TEST(RequestHead, TheErrorNamesThePathThatIsKnown) {
  const Parsed parsed = Parse("GET /known?x HTTP/1.1\r\n\r\n");
  ASSERT_TRUE(std::holds_alternative<RequestHeadError>(parsed));
  EXPECT_EQ(std::get<RequestHeadError>(parsed).path, "/known");
  EXPECT_THAT(std::get<RequestHeadError>(parsed).reason, HasSubstr("Host"));
}

TEST(FindHeadEnd, FindsTheEmptyLine) {
  EXPECT_EQ(FindHeadEnd("", 0), 0u);
  EXPECT_EQ(FindHeadEnd("GET / HTTP/1.1\r\n", 0), 0u);
  EXPECT_EQ(FindHeadEnd("a\r\nb\r\n\r\nrest", 0), 8u);
  EXPECT_EQ(FindHeadEnd("a\nb\n\nrest", 0), 5u);
  EXPECT_EQ(FindHeadEnd("a\n\r\nrest", 0), 4u);
  EXPECT_EQ(FindHeadEnd("\r\n", 0), 0u);
  EXPECT_EQ(FindHeadEnd("\r\na\r\n\r\n", 0), 7u);
}

TEST(FindHeadEnd, FindsItWhereverTheBytesWereDivided) {
  for (const std::string head : {"a\r\nb\r\n\r\n", "\r\na\r\n\r\n", "a\n\n", "\r\n\r\n", "a\r\n\r\n"}) {
    for (size_t searched = 0; searched < head.size(); ++searched) {
      ASSERT_EQ(FindHeadEnd(head.substr(0, searched), 0), 0u) << testing::PrintToString(head) << searched;
      EXPECT_EQ(FindHeadEnd(head, searched), head.size()) << testing::PrintToString(head) << searched;
    }
  }
}

}  // namespace
}  // namespace tcpgauge
