// SPDX-License-Identifier: Apache-2.0
#include "src/identity/recent_names.h"

#include <memory>

#include "gtest/gtest.h"

namespace tcpgauge {
namespace {

constexpr int64_t kKeepNs = RecentNames<int>::kKeepNs;

class RecentNamesTest : public testing::Test {
 protected:
  // Returns `alive` with the dead keys that are added.
  RecentNames<int>::Names Dead(int64_t now_ns, size_t room, RecentNames<int>::Names alive = {}) {
    recent_.AddDead(now_ns, room, &alive);
    return alive;
  }

  const IdentityRef a_ = std::make_shared<NumberedIdentity>();
  const IdentityRef b_ = std::make_shared<NumberedIdentity>();
  RecentNames<int> recent_;
};

TEST_F(RecentNamesTest, KeepsADeadKeyForTwoMinutes) {
  recent_.Note(1, a_, 1000);
  EXPECT_EQ(Dead(1000 + kKeepNs - 1, 10).at(1), a_);
  EXPECT_TRUE(Dead(1000 + kKeepNs, 10).empty());
  EXPECT_EQ(recent_.size(), 0u);
}

TEST_F(RecentNamesTest, LeavesALivingKeyAlone) {
  recent_.Note(1, a_, 1000);
  EXPECT_EQ(Dead(1000, 10, {{1, b_}}).at(1), b_);
  EXPECT_EQ(Dead(1000, 0, {{1, b_}}).size(), 1u);
  EXPECT_EQ(recent_.size(), 1u) << "it takes no room";
}

TEST_F(RecentNamesTest, ForgetsAKeyOfAnother) {
  recent_.Note(1, a_, 1000);
  recent_.Forget(1);
  EXPECT_TRUE(Dead(1000, 10).empty());
}

TEST_F(RecentNamesTest, ForgetsTheDeadThatHaveNoRoom) {
  for (int key = 0; key < 10; ++key) recent_.Note(key, a_, 1000);
  EXPECT_EQ(Dead(1000, 3).size(), 3u);
  EXPECT_EQ(recent_.size(), 3u);
  EXPECT_EQ(Dead(1000, 10).size(), 3u);
}

}  // namespace
}  // namespace tcpgauge
