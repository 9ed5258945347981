// SPDX-License-Identifier: Apache-2.0
#include "src/flow/fragment_cache.h"

#include "gtest/gtest.h"
#include "tests/support/segment.h"

namespace tcpgauge {
namespace {

constexpr size_t kCapacity = FragmentCache::kCapacity;

class FragmentCacheTest : public testing::Test {
 protected:
  void First(uint32_t id, uint16_t client_port, double seconds) {
    const Endpoint client = {client_.address, client_port};
    const auto path = cache_.FindPath(Segment(client, server_).FirstFragment(id), TestTime(seconds));
    ASSERT_TRUE(path);
    EXPECT_EQ(path->source, client);
    EXPECT_EQ(path->destination, server_);
  }
  // The source port that a following fragment gets; 0 when its first fragment is not remembered.
  uint16_t PortOfFollowing(const Segment& segment, double seconds) {
    const auto path = cache_.FindPath(segment, TestTime(seconds));
    return path.has_value() ? path->source.port : 0;
  }
  uint16_t PortOfFollowing(uint32_t id, double seconds) {
    return PortOfFollowing(Segment(client_, server_).FollowingFragment(id), seconds);
  }

  const Endpoint client_ = At("10.0.0.1:40000");
  const Endpoint server_ = At("10.0.0.2:80");
  FragmentCache cache_;
};

TEST_F(FragmentCacheTest, KnowsThePortsOfADatagram) {
  EXPECT_EQ(PortOfFollowing(7, 0), 0);
  First(7, 40000, 0);
  const auto found = cache_.FindPath(Segment(client_, server_).FollowingFragment(7), TestTime(30));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->source, client_);
  EXPECT_EQ(found->destination, server_);
}

TEST_F(FragmentCacheTest, ForgetsAfterItsLifetime) {
  First(7, 40000, 0);
  EXPECT_EQ(PortOfFollowing(7, 30.1), 0);
}

TEST_F(FragmentCacheTest, TellsDatagramsApart) {
  First(7, 40000, 0);
  EXPECT_EQ(PortOfFollowing(8, 0), 0);
  EXPECT_EQ(PortOfFollowing(Segment(client_, server_).FollowingFragment(7).Vlan(2), 0), 0);
  EXPECT_EQ(PortOfFollowing(Segment(server_, client_).FollowingFragment(7), 0), 0);
  EXPECT_EQ(PortOfFollowing(7, 0), 40000);
}

TEST_F(FragmentCacheTest, TheNewestOfEqualIdentificationsCounts) {
  First(7, 40000, 0);
  First(7, 50000, 1);
  EXPECT_EQ(PortOfFollowing(7, 2), 50000);
}

TEST_F(FragmentCacheTest, TheOldestGivesWay) {
  for (uint32_t id = 0; id <= kCapacity; ++id) First(id, 1, 0);
  EXPECT_EQ(PortOfFollowing(0, 0), 0);
  EXPECT_EQ(PortOfFollowing(1, 0), 1);
  EXPECT_EQ(PortOfFollowing(kCapacity, 0), 1);
}

}  // namespace
}  // namespace tcpgauge
