// SPDX-License-Identifier: Apache-2.0
#include "src/net/host_pattern.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace tcpgauge {
namespace {

using testing::HasSubstr;

TEST(HostOf, LeavesOutPortBracketsCaseAndTheLastDot) {
  const struct {
    const char* authority;
    const char* host;
  } kCases[] = {{"localhost", "localhost"},
                {"LOCALHOST:10406", "localhost"},
                {"Example.Org.:", "example.org"},
                {"example.org..", "example.org."},
                {"127.0.0.1:80", "127.0.0.1"},
                {"[2001:DB8::1]:443", "2001:db8::1"},
                {"[::1]", "::1"},
                {"[fe80::1%25Eth0]:1", "fe80::1%25eth0"},
                {".", "."},
                {":80", ""},
                {"", ""}};
  for (const auto& c : kCases) EXPECT_EQ(HostOf(c.authority), c.host) << c.authority;
}

TEST(IsIpLiteral, KnowsAddressesFromNamesThatLookLikeThem) {
  for (const char* host :
       {"127.0.0.1", "0.0.0.0", "255.255.255.255", "::1", "2001:db8::1", "::ffff:127.0.0.1", "fe80::1%25eth0"}) {
    EXPECT_TRUE(IsIpLiteral(host)) << host;
  }
  for (const char* host :
       {"", "localhost", "127.0.0.1.evil.example", "127.1", "2130706433", "0x7f.0.0.1", "127.0.0.256", "127.0.0.1 ",
        "127.0.0.1%25evil.example", "127.0.0.1%2e", "::1.evil.example", "%25", ":", "1::2::3"}) {
    EXPECT_FALSE(IsIpLiteral(host)) << host;
  }
}

TEST(MatchesHost, ComparesNamesAndSuffixes) {
  EXPECT_TRUE(MatchesHost("Gauge.Example.", "gauge.example"));
  EXPECT_TRUE(MatchesHost("*.example", "gauge.example"));
  EXPECT_TRUE(MatchesHost("*.EXAMPLE.", "a.b.example"));
  EXPECT_TRUE(MatchesHost("*", "evil.example"));
  EXPECT_TRUE(MatchesHost("xn--bcher-kva.example", "xn--bcher-kva.example"));
  for (const char* host : {"example", "evilexample", ".example", "example.evil", "gauge.example.evil", ""}) {
    EXPECT_FALSE(MatchesHost("*.example", host)) << host;
  }
  EXPECT_FALSE(MatchesHost("gauge.example", "a.gauge.example"));
  EXPECT_FALSE(MatchesHost("gauge.example", "gaugexexample"));
}

TEST(CheckHostPattern, SaysWhatWouldBeRight) {
  const std::string longest(63, 'a');
  for (const std::string& pattern :
       {std::string("gauge"), std::string("gauge.example."), std::string("*"), std::string("*.svc.cluster.local"),
        std::string("my_host"), std::string("10.0.0.1"), longest + "." + longest}) {
    EXPECT_TRUE(CheckHostPattern(pattern).ok()) << pattern;
  }
  for (const std::string& pattern :
       {std::string(), std::string("."), std::string(".example"), std::string("a..b"), std::string("gauge:10406"),
        std::string("http://gauge"), std::string("gauge/"), std::string("*gauge"), std::string("*."),
        std::string("a.*.b"), std::string("**"), std::string("[::1]"), std::string("a b"), std::string("a\nb"),
        std::string("a\0b", 3), longest + "a", longest + "." + longest + "." + longest + "." + longest}) {
    EXPECT_THAT(std::string(CheckHostPattern(pattern).message()),
                HasSubstr("is not a host's name without a port; right would be a name, *.SUFFIX"))
        << pattern;
  }
  EXPECT_EQ(CheckHostPattern("b\xc3\xbc"
                             "cher.example")
                .message(),
            "'b\xc3\xbc"
            "cher.example' is not in ASCII; right would be the form of the name that begins with xn--");
}

}  // namespace
}  // namespace tcpgauge
