// SPDX-License-Identifier: Apache-2.0
#include "src/flow/fragment_cache.h"

#include "gtest/gtest.h"
#include "tests/support/segment.h"

namespace tcpgauge {
namespace {

FragmentCache::Datagram Datagram(uint32_t id, uint16_t vlan = 0) {
  FragmentCache::Datagram datagram = {At("10.0.0.1:0").address, At("10.0.0.2:0").address, id, Encapsulation()};
  if (vlan > 0) datagram.encapsulation.AddVlan(vlan);
  return datagram;
}

TEST(FragmentCache, KnowsThePortsOfADatagram) {
  FragmentCache cache;
  EXPECT_FALSE(cache.Find(Datagram(7), TestTime(0)));
  cache.Insert(Datagram(7), {40000, 80}, TestTime(0));
  const auto found = cache.Find(Datagram(7), TestTime(30));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->source, 40000);
  EXPECT_EQ(found->destination, 80);
}

TEST(FragmentCache, ForgetsAfterItsLifetime) {
  FragmentCache cache;
  cache.Insert(Datagram(7), {40000, 80}, TestTime(0));
  EXPECT_FALSE(cache.Find(Datagram(7), TestTime(30.1)));
}

TEST(FragmentCache, TellsDatagramsApart) {
  FragmentCache cache;
  cache.Insert(Datagram(7), {40000, 80}, TestTime(0));
  EXPECT_FALSE(cache.Find(Datagram(8), TestTime(0)));
  EXPECT_FALSE(cache.Find(Datagram(7, 2), TestTime(0)));
  FragmentCache::Datagram back = Datagram(7);
  std::swap(back.source, back.destination);
  EXPECT_FALSE(cache.Find(back, TestTime(0)));
}

TEST(FragmentCache, TheNewestOfEqualIdentificationsCounts) {
  FragmentCache cache;
  cache.Insert(Datagram(7), {40000, 80}, TestTime(0));
  cache.Insert(Datagram(7), {50000, 80}, TestTime(1));
  EXPECT_EQ(cache.Find(Datagram(7), TestTime(2))->source, 50000);
}

TEST(FragmentCache, TheOldestGivesWay) {
  FragmentCache cache;
  for (uint32_t id = 0; id <= FragmentCache::kCapacity; ++id) cache.Insert(Datagram(id), {1, 2}, TestTime(0));
  EXPECT_FALSE(cache.Find(Datagram(0), TestTime(0)));
  EXPECT_TRUE(cache.Find(Datagram(1), TestTime(0)));
  EXPECT_TRUE(cache.Find(Datagram(FragmentCache::kCapacity), TestTime(0)));
}

}  // namespace
}  // namespace tcpgauge
