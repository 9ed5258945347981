// SPDX-License-Identifier: Apache-2.0
#include "src/capture/interface_registry.h"

#include <gtest/gtest.h>
#include <net/if.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"

namespace tcpgauge {
namespace {

using State = SourceCondition::State;

constexpr int64_t kWindowNs = 1000;
constexpr uint32_t kNoSuchIndex = 1000000;

class InterfaceRegistryTest : public testing::Test {
 protected:
  // The place of the kernel's interface `index`.
  size_t Find(uint32_t index) {
    return registry_.FindByIndex(index, [this](uint32_t number) {
      const auto interface = lookup_.ByIndex(number);
      return interface.has_value() ? interface->name : "";
    });
  }
  // The place of an interface that the kernel does not have, which had this name.
  size_t FindGone(uint32_t index, const std::string& name) {
    return registry_.FindByIndex(index, [&name](uint32_t) { return name; });
  }
  // Polls, and forgets what has been gone for a window.
  std::vector<size_t> PollAndForget(int64_t now_ns) {
    registry_.Poll(lookup_, now_ns);
    return registry_.ForgetGone(now_ns);
  }
  // Finds an interface that is gone, and forgets it.
  size_t Forgotten(const std::string& name) {
    const size_t place = FindGone(next_index_++, name);
    now_ns_ += 2 * kWindowNs;
    registry_.Poll(lookup_, now_ns_);
    now_ns_ += 2 * kWindowNs;
    EXPECT_EQ(PollAndForget(now_ns_), std::vector<size_t>{place});
    return place;
  }
  const InterfaceView& View(size_t place) const { return counters_.interfaces[place]; }

  CaptureCounters counters_;
  InterfaceRegistry registry_{&counters_, kWindowNs};
  const InterfaceLookup lookup_;
  uint32_t next_index_ = kNoSuchIndex;
  int64_t now_ns_ = 0;
};

TEST_F(InterfaceRegistryTest, OneNameIsOnePlace) {
  const size_t place = registry_.AddNamed("eth0");
  EXPECT_NE(registry_.AddNamed("eth1"), place);
  EXPECT_EQ(registry_.AddNamed("eth0"), place);
  EXPECT_EQ(registry_.Discover("eth0"), place);
  EXPECT_EQ(registry_.Name(place), "eth0");
}

TEST_F(InterfaceRegistryTest, TellsNamedFromDiscovered) {
  EXPECT_TRUE(View(registry_.AddNamed("any")).is_named);
  EXPECT_FALSE(View(Find(if_nametoindex("lo"))).is_named);
  EXPECT_FALSE(View(registry_.Discover("veth1")).is_named);
  EXPECT_FALSE(View(registry_.Other()).is_named);
}

TEST_F(InterfaceRegistryTest, BeyondTheBoundAllAreOne) {
  for (size_t i = 0; i + 1 < InterfaceRegistry::kMaxInterfaces; ++i) registry_.Discover(absl::StrCat("veth", i));
  const size_t other = registry_.Discover("one more");
  EXPECT_EQ(registry_.Name(other), "other");
  EXPECT_EQ(registry_.Discover("and another"), other);
  EXPECT_EQ(registry_.Discover("veth7"), 7u) << "known ones stay themselves";
  EXPECT_EQ(counters_.interfaces.size(), InterfaceRegistry::kMaxInterfaces);
}

TEST_F(InterfaceRegistryTest, OtherHasItsPlaceWithinTheBoundWheneverItIsNeeded) {
  const size_t other = registry_.Other();
  for (size_t i = 0; i < InterfaceRegistry::kMaxInterfaces; ++i) registry_.Discover(absl::StrCat("veth", i));
  EXPECT_EQ(registry_.Discover("one more"), other);
  EXPECT_EQ(counters_.interfaces.size(), InterfaceRegistry::kMaxInterfaces);
}

TEST_F(InterfaceRegistryTest, ManyThatCameAndWentWithoutANameAreStillFoundByIndex) {
  for (uint32_t index = kNoSuchIndex; index < kNoSuchIndex + 3 * InterfaceRegistry::kMaxInterfaces; ++index) {
    EXPECT_EQ(registry_.Name(Find(index)), "other");
  }
  const uint32_t loopback = if_nametoindex("lo");
  EXPECT_EQ(registry_.Name(Find(loopback)), "lo");
  EXPECT_EQ(Find(loopback), Find(loopback));
}

TEST_F(InterfaceRegistryTest, ThousandsThatCameAndWentTakeNoPlaceOfALaterOne) {
  for (size_t i = 0; i < 3 * InterfaceRegistry::kMaxInterfaces; ++i) {
    const size_t place = Forgotten(absl::StrCat("veth", i));
    ASSERT_EQ(View(place).name, absl::StrCat("veth", i));
    registry_.Free(place);
  }
  EXPECT_EQ(registry_.Name(registry_.Discover("late")), "late");
  EXPECT_LE(counters_.interfaces.size(), 2u);
}

TEST_F(InterfaceRegistryTest, AsksForTheNameOfANumberOnce) {
  int asked = 0;
  const auto name_of = [&asked](uint32_t number) {
    ++asked;
    return number == 3 ? std::string() : number == 4 ? "eth1" : "eth0";
  };
  const size_t eth0 = registry_.FindByIndex(1, name_of);
  EXPECT_EQ(registry_.FindByIndex(2, name_of), eth0) << "the same name";
  EXPECT_EQ(registry_.Name(registry_.FindByIndex(3, name_of)), "other") << "no name";
  EXPECT_EQ(registry_.Name(registry_.FindByIndex(4, name_of)), "eth1");
  EXPECT_EQ(registry_.FindByIndex(1, name_of), eth0);
  EXPECT_EQ(asked, 4);
}

TEST_F(InterfaceRegistryTest, AnInterfaceWithoutANameGetsItOnceTheKernelHasIt) {
  const uint32_t loopback = if_nametoindex("lo");
  EXPECT_EQ(registry_.Name(FindGone(loopback, "")), "other");
  registry_.Poll(lookup_, 0);
  EXPECT_EQ(registry_.Name(Find(loopback)), "lo");
}

TEST_F(InterfaceRegistryTest, ANewConditionIsToldOnce) {
  const size_t place = registry_.AddNamed("eth0");
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
  const size_t gone = FindGone(kNoSuchIndex, "veth1");
  EXPECT_EQ(registry_.Poll(lookup_, 0).size(), 2u);
  EXPECT_EQ(counters_.interfaces[loopback].up, lookup_.ByName("lo")->up);
  EXPECT_FALSE(counters_.interfaces[gone].up);
  EXPECT_TRUE(registry_.Poll(lookup_, 0).empty());
}

TEST_F(InterfaceRegistryTest, ANamedInterfaceIsNeitherPolledNorForgotten) {
  const size_t place = registry_.AddNamed("no-such-link");
  EXPECT_TRUE(PollAndForget(0).empty());
  EXPECT_TRUE(PollAndForget(2 * kWindowNs).empty());
  EXPECT_TRUE(View(place).up);
}

TEST_F(InterfaceRegistryTest, OtherIsNeverForgotten) {
  registry_.Other();
  EXPECT_TRUE(PollAndForget(0).empty());
  EXPECT_TRUE(PollAndForget(2 * kWindowNs).empty());
}

TEST_F(InterfaceRegistryTest, ForgetsAnInterfaceAWindowAfterItWent) {
  const size_t place = FindGone(kNoSuchIndex, "veth1");
  EXPECT_TRUE(PollAndForget(5000).empty());
  EXPECT_TRUE(PollAndForget(5000 + kWindowNs - 1).empty());
  EXPECT_EQ(FindGone(kNoSuchIndex, "another name"), place) << "a late packet";
  EXPECT_EQ(registry_.Discover("veth1"), place);
  EXPECT_EQ(PollAndForget(5000 + kWindowNs), std::vector<size_t>{place});
  EXPECT_TRUE(View(place).is_forgotten);
  EXPECT_EQ(registry_.Name(place), "veth1") << "connections still show it";
  EXPECT_NE(registry_.Discover("veth1"), place) << "a new interface of this name";
}

TEST_F(InterfaceRegistryTest, AHandedOverInterfaceIsForgottenToo) {
  const size_t gone = registry_.Discover("no-such-link");
  const size_t there = registry_.Discover("lo");
  PollAndForget(0);
  EXPECT_EQ(PollAndForget(kWindowNs), std::vector<size_t>{gone});
  EXPECT_FALSE(View(there).is_forgotten);
}

TEST_F(InterfaceRegistryTest, ANameThatComesBackWithinTheWindowGoesOn) {
  const size_t place = FindGone(kNoSuchIndex, "lo");  // was deleted, and made again with another number
  EXPECT_TRUE(PollAndForget(0).empty());
  EXPECT_EQ(Find(if_nametoindex("lo")), place);
  EXPECT_TRUE(PollAndForget(2 * kWindowNs).empty());
  EXPECT_TRUE(PollAndForget(4 * kWindowNs).empty());
}

TEST_F(InterfaceRegistryTest, TheOldNameOfARenamedInterfaceGoesAndTheNewNameComes) {
  const uint32_t loopback = if_nametoindex("lo");
  const size_t old_name = FindGone(loopback, "was-lo");
  EXPECT_TRUE(PollAndForget(0).empty());
  EXPECT_EQ(registry_.Name(Find(loopback)), "lo");
  EXPECT_EQ(PollAndForget(kWindowNs), std::vector<size_t>{old_name});
  EXPECT_EQ(registry_.Name(Find(loopback)), "lo");
}

TEST_F(InterfaceRegistryTest, FreeingAPlaceKeepsItsCounts) {
  const size_t place = Forgotten("veth1");
  counters_.interfaces[place].packets[1] = 7;
  counters_.interfaces[place].wire_bytes[1] = 700;
  counters_.interfaces[place].dropped_packets = 3;
  EXPECT_EQ(registry_.forgotten().size(), 1u);
  registry_.Free(place);
  EXPECT_TRUE(registry_.forgotten().empty());
  EXPECT_EQ(counters_.retired.packets[1], 7u);
  EXPECT_EQ(counters_.retired.wire_bytes[1], 700u);
  EXPECT_EQ(counters_.retired.dropped_packets, 3u);
  EXPECT_TRUE(View(place).name.empty());
  EXPECT_EQ(registry_.Discover("veth2"), place) << "the place is used again";
  EXPECT_EQ(View(place).packets[1], 0u);
  EXPECT_FALSE(View(place).is_forgotten);
  EXPECT_FALSE(registry_.condition(place).has_value());
}

TEST_F(InterfaceRegistryTest, EachInterfaceInAPlaceHasANumberOfItsOwn) {
  const size_t place = Forgotten("veth1");
  const uint64_t number = View(place).number;
  registry_.Free(place);
  EXPECT_EQ(registry_.Discover("veth1"), place);
  EXPECT_NE(View(place).number, number);
}

TEST_F(InterfaceRegistryTest, TheInterfacesThatWereForgottenFirstAreSurplus) {
  std::vector<size_t> forgotten;
  for (size_t i = 0; i < InterfaceRegistry::kMaxForgotten; ++i) forgotten.push_back(Forgotten(absl::StrCat("veth", i)));
  EXPECT_TRUE(registry_.SurplusPlaces().empty());
  Forgotten("one more");
  Forgotten("two more");
  EXPECT_EQ(registry_.SurplusPlaces(), (std::vector<size_t>{forgotten[0], forgotten[1]}));
}

}  // namespace
}  // namespace tcpgauge
