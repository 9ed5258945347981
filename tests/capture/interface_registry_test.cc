// SPDX-License-Identifier: Apache-2.0
#include "src/capture/interface_registry.h"

#include <gtest/gtest.h>
#include <net/if.h>

#include "absl/strings/str_cat.h"

namespace tcpgauge {
namespace {

using State = SourceCondition::State;

class InterfaceRegistryTest : public testing::Test {
 protected:
  CaptureCounters counters_;
  InterfaceRegistry registry_{&counters_};
  const InterfaceLookup lookup_;
};

TEST_F(InterfaceRegistryTest, OneNameIsOnePlace) {
  const size_t place = registry_.Add("eth0");
  EXPECT_NE(registry_.Add("eth1"), place);
  EXPECT_EQ(registry_.Add("eth0"), place);
  EXPECT_EQ(registry_.Name(place), "eth0");
}

TEST_F(InterfaceRegistryTest, BeyondTheBoundAllAreOne) {
  for (size_t i = 0; i + 1 < InterfaceRegistry::kMaxInterfaces; ++i) registry_.Add(absl::StrCat("veth", i));
  const size_t other = registry_.Add("one more");
  EXPECT_EQ(registry_.Name(other), "other");
  EXPECT_EQ(registry_.Add("and another"), other);
  EXPECT_EQ(registry_.Add("veth7"), 7u) << "known ones stay themselves";
}

TEST_F(InterfaceRegistryTest, ManyThatCameAndWentAreStillFoundByIndex) {
  for (uint32_t index = 1000000; index < 1000000 + 3 * InterfaceRegistry::kMaxInterfaces; ++index) {
    registry_.FindByIndex(index);
  }
  const uint32_t loopback = if_nametoindex("lo");
  EXPECT_EQ(registry_.Name(registry_.FindByIndex(loopback)), "other") << "there was no place left for its name";
  EXPECT_EQ(registry_.FindByIndex(loopback), registry_.FindByIndex(loopback));
}

TEST_F(InterfaceRegistryTest, ANewConditionIsToldOnce) {
  const size_t place = registry_.Add("eth0");
  EXPECT_FALSE(registry_.condition(place).has_value());
  EXPECT_TRUE(registry_.SetCondition(place, {State::kUp, "", 3}));
  EXPECT_FALSE(registry_.SetCondition(place, {State::kUp, "", 3}));
  EXPECT_TRUE(registry_.SetCondition(place, {State::kUp, "", 4})) << "made anew";
  EXPECT_TRUE(registry_.SetCondition(place, {State::kGone, "", 0}));
  EXPECT_FALSE(counters_.interfaces[place].up);
  EXPECT_TRUE(registry_.SetCondition(place, {State::kDown, "", 5}));
  EXPECT_FALSE(counters_.interfaces[place].up);
  EXPECT_TRUE(registry_.SetCondition(place, {State::kUp, "", 5}));
  EXPECT_TRUE(counters_.interfaces[place].up);
}

TEST_F(InterfaceRegistryTest, OfManyInterfacesThoseThatAreGoneAreNotUp) {
  const size_t loopback = registry_.FindByIndex(if_nametoindex("lo"));
  const size_t gone = registry_.FindByIndex(1000000);
  EXPECT_EQ(registry_.Poll(lookup_).size(), 2u);
  EXPECT_EQ(counters_.interfaces[loopback].up, lookup_.ByName("lo")->up);
  EXPECT_FALSE(counters_.interfaces[gone].up);
  EXPECT_TRUE(registry_.Poll(lookup_).empty());
}

}  // namespace
}  // namespace tcpgauge
