// SPDX-License-Identifier: Apache-2.0
#include "src/capture/interface_registry.h"

#include <gtest/gtest.h>
#include <net/if.h>

#include <string>

#include "absl/strings/str_cat.h"

namespace tcpgauge {
namespace {

using State = SourceCondition::State;

class InterfaceRegistryTest : public testing::Test {
 protected:
  // The place of the kernel's interface `index`.
  size_t Find(uint32_t index) {
    return registry_.FindByIndex(index, [this](uint32_t number) {
      const auto interface = lookup_.ByIndex(number);
      return interface.has_value() ? interface->name : "";
    });
  }

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
    Find(index);
  }
  const uint32_t loopback = if_nametoindex("lo");
  EXPECT_EQ(registry_.Name(Find(loopback)), "other") << "there was no place left for its name";
  EXPECT_EQ(Find(loopback), Find(loopback));
}

TEST_F(InterfaceRegistryTest, AsksForTheNameOfANumberOnce) {
  int asked = 0;
  const auto name_of = [&asked](uint32_t number) {
    ++asked;
    return number == 3 ? std::string() : number == 4 ? "eth1" : "eth0";
  };
  const size_t eth0 = registry_.FindByIndex(1, name_of);
  EXPECT_EQ(registry_.FindByIndex(2, name_of), eth0) << "the same name";
  EXPECT_EQ(registry_.Name(registry_.FindByIndex(3, name_of)), "if3") << "no name";
  EXPECT_EQ(registry_.Name(registry_.FindByIndex(4, name_of)), "eth1");
  EXPECT_EQ(registry_.FindByIndex(1, name_of), eth0);
  EXPECT_EQ(asked, 4);
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
  const size_t loopback = Find(if_nametoindex("lo"));
  const size_t gone = Find(1000000);
  EXPECT_EQ(registry_.Poll(lookup_).size(), 2u);
  EXPECT_EQ(counters_.interfaces[loopback].up, lookup_.ByName("lo")->up);
  EXPECT_FALSE(counters_.interfaces[gone].up);
  EXPECT_TRUE(registry_.Poll(lookup_).empty());
}

}  // namespace
}  // namespace tcpgauge
