// SPDX-License-Identifier: Apache-2.0
#include "exporter/http/request_target.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace tcpgauge {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

RequestTarget Parsed(std::string_view target) {
  absl::StatusOr<RequestTarget> parsed = ParseRequestTarget(target);
  EXPECT_TRUE(parsed.ok()) << target << ": " << parsed.status();
  return parsed.ok() ? *std::move(parsed) : RequestTarget();
}

TEST(RequestTarget, APathNamesNoHost) {
  EXPECT_EQ(Parsed("/metrics").path, "/metrics");
  EXPECT_EQ(Parsed("/metrics").authority, std::nullopt);
  EXPECT_THAT(Parsed("/metrics").query, IsEmpty());
  EXPECT_EQ(Parsed("/a?b=http://c").authority, std::nullopt);
  EXPECT_EQ(Parsed("*").path, "*");
  EXPECT_EQ(Parsed("http:/a").path, "http:/a");
  EXPECT_EQ(Parsed("ftp://a/b").authority, std::nullopt);
  EXPECT_EQ(Parsed("").path, "");
}

TEST(RequestTarget, AnAbsoluteTargetNamesAHostAndAPath) {
  for (const auto& [target, authority, path] : {std::tuple("http://a:1/metrics", "a:1", "/metrics"),
                                                {"HTTPS://A.example/x", "A.example", "/x"},
                                                {"hTTp://[::1]:80/x/y", "[::1]:80", "/x/y"},
                                                {"http://192.0.2.1", "192.0.2.1", "/"},
                                                {"http://a:1?x=2", "a:1", "/"},
                                                {"https://a/", "a", "/"},
                                                {"http://a//b", "a", "//b"}}) {
    EXPECT_EQ(Parsed(target).authority, authority) << target;
    EXPECT_EQ(Parsed(target).path, path) << target;
  }
  EXPECT_THAT(Parsed("http://a:1?x=2").query, ElementsAre(Pair("x", "2")));
  EXPECT_THAT(Parsed("http://a/b?x=2&y").query, ElementsAre(Pair("x", "2"), Pair("y", "")));
}

TEST(RequestTarget, AnAbsoluteTargetNeedsAValidHostWithoutAUser) {
  for (const std::string target :
       {"http://", "http:///x", "http://?x", "http://:80/", "http://a b/", "http://user@a/", "http://user:secret@a/",
        "https://[::1/", "http://a:b/", "http://a:65536/", "http://a%2/"}) {
    EXPECT_FALSE(ParseRequestTarget(target).ok()) << target;
  }
}

TEST(RequestTarget, DecodesPathAndQuery) {
  EXPECT_EQ(Parsed("/a%20b+c%2F%3f").path, "/a b+c/?");
  EXPECT_EQ(Parsed("http://a/%6detrics").path, "/metrics");
  EXPECT_EQ(Parsed("/%").path, "/%");
  EXPECT_EQ(Parsed("/%4").path, "/%4");
  EXPECT_EQ(Parsed("/%zz%41").path, "/%zzA");
  EXPECT_EQ(Parsed("/metrics%00").path, std::string("/metrics\0", 9)) << "is another path than /metrics";
  EXPECT_THAT(Parsed("/?a+b=%26+%3d&&c=d=e&=f&x").query,
              ElementsAre(Pair("a b", "& ="), Pair("c", "d=e"), Pair("", "f"), Pair("x", "")));
  EXPECT_THAT(Parsed("/?").query, IsEmpty());
}

}  // namespace
}  // namespace tcpgauge
