// SPDX-License-Identifier: Apache-2.0
#include "src/attach/agent_address.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tcpgauge {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(AgentAddress, TakesHttpHttpsAndUnixSockets) {
  EXPECT_EQ(ParseAgentAddress("http://[2001:db8::1]:10406")->url, "http://[2001:db8::1]:10406");
  EXPECT_EQ(ParseAgentAddress("https://node7/below/")->url, "https://node7/below");
  const AgentAddress unix_address = *ParseAgentAddress("unix:/run/a b.sock");
  EXPECT_EQ(unix_address.unix_path, "/run/a b.sock");
  EXPECT_EQ(unix_address.url, "http://localhost");
}

TEST(AgentAddress, NeedsNeitherSchemeNorPort) {
  EXPECT_EQ(ParseAgentAddress("node7")->url, "http://node7:10406");
  EXPECT_EQ(ParseAgentAddress("node7:8080")->url, "http://node7:8080");
  EXPECT_EQ(ParseAgentAddress("192.0.2.7")->url, "http://192.0.2.7:10406");
  EXPECT_EQ(ParseAgentAddress("2001:db8::1")->url, "http://[2001:db8::1]:10406");
  EXPECT_EQ(ParseAgentAddress("[2001:db8::1]")->url, "http://[2001:db8::1]:10406");
  EXPECT_EQ(ParseAgentAddress("[2001:db8::1]:80")->url, "http://[2001:db8::1]:80");
  EXPECT_EQ(ParseAgentAddress("node7/below/")->url, "http://node7:10406/below");
  EXPECT_EQ(ParseAgentAddress("node7:80/a:b")->url, "http://node7:80/a:b");
  const AgentAddress with_user = *ParseAgentAddress("me:p%40ss@node7");
  EXPECT_EQ(with_user.url, "http://me:p%40ss@node7:10406");
  EXPECT_EQ(with_user.shown, "http://node7:10406");
}

TEST(AgentAddress, ShowsNoPassword) {
  const AgentAddress address = *ParseAgentAddress("https://me:p%40ss@node7:443/x");
  EXPECT_EQ(address.url, "https://me:p%40ss@node7:443/x");
  EXPECT_EQ(address.shown, "https://node7:443/x");
  EXPECT_EQ(
      ParseAgentAddress("https://me:p@ss@node7:443/x").status().message(),
      "--attach: \"https://node7:443/x\" is not an agent's address: its user or password has an @, which should be "
      "%40; right would be HOST, http://HOST:PORT, https://HOST:PORT or unix:PATH")
      << "libcurl cannot connect to this URL";
  EXPECT_THAT(std::string(ParseAgentAddress("ftp://me:secret@node7").status().message()), Not(HasSubstr("secret")));
}

TEST(AgentAddress, SaysWhatWouldBeRight) {
  for (const char* wrong : {"", ":10406", "node7:", "me@", "[::1", "http://", "http:///x", "https://me@",
                            "unix:", "ftp://x", "http://a b", "http://x/?q", "file:///etc/passwd"}) {
    const auto address = ParseAgentAddress(wrong);
    ASSERT_FALSE(address.ok()) << wrong;
    EXPECT_TRUE(absl::IsInvalidArgument(address.status()));
    EXPECT_THAT(std::string(address.status().message()), HasSubstr("right would be HOST, http://HOST:PORT"));
  }
}

TEST(AgentAddress, RefusesHostsAndPortsThatCannotExist) {
  for (const char* wrong : {"http://h:99999", "https://h:65536/below", "http://h:0", "http://h:-1", "http://h:abc",
                            "http://h:1e3", "http://::1:80", "http://[::1", "http://[zz]:80", "http://1.2.3.400"}) {
    const auto address = ParseAgentAddress(wrong);
    ASSERT_FALSE(address.ok()) << wrong;
    EXPECT_TRUE(absl::IsInvalidArgument(address.status()));
    EXPECT_THAT(std::string(address.status().message()), HasSubstr("right would be HOST, http://HOST:PORT"));
  }
  EXPECT_EQ(ParseAgentAddress("http://me:secret@h:99999").status().message(),
            "--attach: \"http://h:99999\" is not an agent's address: its port is not a number from 1 to 65535; right "
            "would be HOST, http://HOST:PORT, https://HOST:PORT or unix:PATH");
  EXPECT_EQ(ParseAgentAddress("http://127.1:65535")->url, "http://127.1:65535");
}

}  // namespace
}  // namespace tcpgauge
