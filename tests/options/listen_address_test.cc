// SPDX-License-Identifier: Apache-2.0
#include "src/options/listen_address.h"

#include <gtest/gtest.h>

#include <string>

namespace tcpgauge {
namespace {

bool TextsCollide(const std::string& a, const std::string& b) {
  const bool collide = Collide(*ParseListenAddress(a), *ParseListenAddress(b));
  EXPECT_EQ(Collide(*ParseListenAddress(b), *ParseListenAddress(a)), collide) << a << " " << b;
  return collide;
}

TEST(ParseListenAddress, ReadsHostAndPort) {
  EXPECT_EQ(ParseListenAddress("127.0.0.1:10406")->host, "127.0.0.1");
  EXPECT_EQ(ParseListenAddress("127.0.0.1:10406")->port, 10406);
  EXPECT_EQ(ParseListenAddress("[2001:db8::1]:65535")->host, "2001:db8::1");
  EXPECT_EQ(ParseListenAddress(":0")->host, "::");
  EXPECT_EQ(ParseListenAddress("unix:/run/x y")->unix_path, "/run/x y");
}

TEST(ParseListenAddress, RefusesOtherTexts) {
  for (const char* wrong : {"", "9100", "h:", "h:x", "h:65536", "h:-1", "h:+1", "300.0.0.1:80", "::1:80", "[::1:80",
                            "[127.0.0.1]:80", "[zz]:80", "a b:80", "unix:"}) {
    EXPECT_FALSE(ParseListenAddress(wrong).ok()) << wrong;
  }
  EXPECT_TRUE(ParseListenAddress("unix:" + std::string(107, 'x')).ok());
  EXPECT_FALSE(ParseListenAddress("unix:" + std::string(108, 'x')).ok());
}

TEST(ParseListenAddress, MakesSpellingsOfOneAddressEqual) {
  const struct {
    const char* a;
    const char* b;
  } kCases[] = {{"127.0.0.1:80", "127.0.0.1:080"},
                {"127.1:80", "127.0.0.1:80"},
                {"[::1]:80", "[0:0::1]:80"},
                {"[2001:DB8::]:1", "[2001:db8::]:1"},
                {":80", "[::]:80"},
                {"0:80", "0.0.0.0:80"},
                {"LocalHost:80", "localhost:80"},
                {"unix:/run/x", "unix:/run//x"},
                {"unix:x", "unix:./x"}};
  for (const auto& c : kCases) {
    EXPECT_TRUE(*ParseListenAddress(c.a) == *ParseListenAddress(c.b)) << c.a << " " << c.b;
    EXPECT_TRUE(TextsCollide(c.a, c.b)) << c.a << " " << c.b;
  }
  EXPECT_FALSE(*ParseListenAddress("unix:/x") == *ParseListenAddress("unix:x"));
}

TEST(Collide, FindsAddressesOfOneProcessThatExcludeEachOther) {
  EXPECT_TRUE(TextsCollide("127.0.0.1:80", "127.0.0.1:80"));
  EXPECT_TRUE(TextsCollide("unix:/run/x", "unix:/run/./x"));
  EXPECT_TRUE(TextsCollide("0.0.0.0:80", "127.0.0.1:80"));
  EXPECT_TRUE(TextsCollide(":80", "127.0.0.1:80"));
  EXPECT_TRUE(TextsCollide("[::]:80", "[::1]:80"));
  EXPECT_TRUE(TextsCollide("[::]:80", "0.0.0.0:80"));
  EXPECT_TRUE(TextsCollide(":80", "localhost:80"));
}

TEST(Collide, LeavesOtherAddressesAlone) {
  EXPECT_FALSE(TextsCollide("127.0.0.1:80", "127.0.0.1:81"));
  EXPECT_FALSE(TextsCollide("127.0.0.1:80", "127.0.0.2:80"));
  EXPECT_FALSE(TextsCollide("127.0.0.1:80", "[::1]:80"));
  EXPECT_FALSE(TextsCollide("0.0.0.0:80", "[::1]:80"));
  EXPECT_FALSE(TextsCollide("localhost:80", "127.0.0.1:80")) << "a name is not looked up";
  EXPECT_FALSE(TextsCollide("0.0.0.0:80", "localhost:80")) << "it may be an address of IPv6";
  EXPECT_FALSE(TextsCollide("127.0.0.1:0", "127.0.0.1:0"));
  EXPECT_FALSE(TextsCollide(":0", "127.0.0.1:0"));
  EXPECT_FALSE(TextsCollide("unix:/run/x", "unix:/run/y"));
  EXPECT_FALSE(TextsCollide("unix:/run/x", ":80"));
}

}  // namespace
}  // namespace tcpgauge
