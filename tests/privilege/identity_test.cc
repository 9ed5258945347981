// SPDX-License-Identifier: Apache-2.0
#include "src/privilege/identity.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pwd.h>
#include <unistd.h>

namespace tcpgauge {
namespace {

using testing::HasSubstr;

TEST(ChooseIdentity, AnEmptyNameStays) {
  const auto identity = ChooseIdentity("");
  ASSERT_TRUE(identity.ok()) << identity.status();
  EXPECT_FALSE(identity->changes);
}

TEST(ChooseIdentity, WhoIsNotRootStays) {
  if (geteuid() == 0) GTEST_SKIP() << "this is root";
  const auto identity = ChooseIdentity(std::nullopt);
  ASSERT_TRUE(identity.ok()) << identity.status();
  EXPECT_FALSE(identity->changes);
}

TEST(ChooseIdentity, RootBecomesTcpgaugeOrNobody) {
  if (geteuid() != 0) GTEST_SKIP() << "this is not root";
  const auto identity = ChooseIdentity(std::nullopt);
  ASSERT_TRUE(identity.ok()) << identity.status();
  EXPECT_TRUE(identity->changes);
  EXPECT_EQ(identity->name, getpwnam("tcpgauge") != nullptr ? "tcpgauge" : "nobody");
  EXPECT_NE(identity->uid, 0u);
}

TEST(ChooseIdentity, FindsAUserByName) {
  const auto identity = ChooseIdentity("nobody");
  ASSERT_TRUE(identity.ok()) << identity.status();
  EXPECT_EQ(identity->uid, getpwnam("nobody")->pw_uid);
  EXPECT_EQ(identity->gid, getpwnam("nobody")->pw_gid);
}

TEST(ChooseIdentity, TakesNumbersWhereThereIsNoUser) {
  const auto one = ChooseIdentity("4321");
  ASSERT_TRUE(one.ok()) << one.status();
  EXPECT_TRUE(one->changes);
  EXPECT_EQ(one->uid, 4321u);
  EXPECT_EQ(one->gid, 4321u);
  const auto two = ChooseIdentity("4321:8765");
  ASSERT_TRUE(two.ok()) << two.status();
  EXPECT_EQ(two->uid, 4321u);
  EXPECT_EQ(two->gid, 8765u);
}

TEST(ChooseIdentity, NamesAUserThatThereIsNot) {
  // To the kernel, 4294967295 means "unchanged", so it would drop no privilege.
  for (const char* user : {"no such user", "1:2:3", "-1", "4294967295", "1:", ":"}) {
    const auto identity = ChooseIdentity(user);
    EXPECT_EQ(identity.status().code(), absl::StatusCode::kInvalidArgument) << user;
    EXPECT_THAT(std::string(identity.status().message()), HasSubstr(std::string("'") + user + "'"));
  }
}

}  // namespace
}  // namespace tcpgauge
