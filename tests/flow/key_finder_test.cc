// SPDX-License-Identifier: Apache-2.0
#include "src/flow/key_finder.h"

#include "gtest/gtest.h"
#include "src/flow/encapsulation_table.h"
#include "src/net/connection_key.h"
#include "tests/support/segment.h"

namespace tcpgauge {
namespace {

const Endpoint kClient = At("10.0.0.2:40000");
const Endpoint kServer = At("10.0.0.1:80");

class KeyFinderTest : public testing::Test {
 protected:
  bool Find(const Segment& segment, double seconds = 0) {
    return keys_.Find(segment.packet(), TestTime(seconds), &key_, &sender_);
  }

  EncapsulationTable encapsulations_{4};  // room for two
  KeyFinder keys_{&encapsulations_};
  ConnectionKey key_;
  End sender_ = End::kA;
};

TEST_F(KeyFinderTest, BothDirectionsAreOfOneConnection) {
  ASSERT_TRUE(Find(Segment(kClient, kServer)));
  const ConnectionKey key = key_;
  EXPECT_EQ(key.endpoint(sender_), kClient);
  ASSERT_TRUE(Find(Segment(kServer, kClient)));
  EXPECT_EQ(key_, key);
  EXPECT_EQ(key.endpoint(sender_), kServer);
}

TEST_F(KeyFinderTest, AKeyHoldsAUseOfItsEncapsulation) {
  ASSERT_TRUE(Find(Segment(kClient, kServer).Vlan(6)));
  ASSERT_TRUE(Find(Segment(kClient, kServer).Vlan(7)));
  EXPECT_EQ(encapsulations_.Get(key_.encapsulation).vlans[0], 7);
  const uint32_t number = key_.encapsulation;
  encapsulations_.Release(number);
  ASSERT_TRUE(Find(Segment(kClient, kServer).Vlan(8)));
  EXPECT_EQ(key_.encapsulation, number) << "that was the only use";
}

TEST_F(KeyFinderTest, AFollowingFragmentIsOfTheConnectionOfTheFirst) {
  ASSERT_TRUE(Find(Segment(kClient, kServer).Vlan(7).FirstFragment(1)));
  const ConnectionKey key = key_;
  ASSERT_TRUE(Find(Segment(kClient, kServer).Vlan(7).FollowingFragment(1), 29));
  EXPECT_EQ(key_, key);
  EXPECT_EQ(key.endpoint(sender_), kClient);
  encapsulations_.Release(key.encapsulation);
  ASSERT_TRUE(Find(Segment(kClient, kServer).Vlan(8)));
  EXPECT_NE(key_.encapsulation, key.encapsulation) << "there were two uses";
  encapsulations_.Release(key.encapsulation);
  ASSERT_TRUE(Find(Segment(kClient, kServer).Vlan(9)));
  EXPECT_EQ(key_.encapsulation, key.encapsulation) << "and no third";
  EXPECT_FALSE(Find(Segment(kClient, kServer).Vlan(7).FollowingFragment(1), 31)) << "it came too late";
}

TEST_F(KeyFinderTest, AFragmentWithoutItsFirstIsOfNone) {
  EXPECT_FALSE(Find(Segment(kClient, kServer).Vlan(7).FollowingFragment(1)));
  EXPECT_EQ(encapsulations_.size(), 2) << "it needs no number";
  ASSERT_TRUE(Find(Segment(kClient, kServer).Vlan(7).FirstFragment(1)));
  EXPECT_FALSE(Find(Segment(kClient, kServer).Vlan(7).FollowingFragment(2)));
  EXPECT_FALSE(Find(Segment(kClient, kServer).Vlan(8).FollowingFragment(1)));
  EXPECT_FALSE(Find(Segment(kServer, kClient).Vlan(7).FollowingFragment(1)));
}

}  // namespace
}  // namespace tcpgauge
