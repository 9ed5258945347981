// SPDX-License-Identifier: Apache-2.0
#include "src/capture/shared_handshakes.h"

#include <random>

#include "gtest/gtest.h"
#include "tests/support/segment.h"

namespace tcpgauge {
namespace {

using Handshake = SharedHandshakes::Handshake;

constexpr size_t kWorkers = 4;
constexpr auto kUnknown = PacketDirection::kUnknown;
constexpr auto kIn = PacketDirection::kIn;
constexpr auto kOut = PacketDirection::kOut;

Handshake Syn(uint32_t number, StretchDigest stretch = {1, kIn}, int64_t time_ns = kTestStartNs) {
  return {number, /*is_syn_ack=*/false, stretch, time_ns};
}
Handshake SynAck(uint32_t number, StretchDigest stretch = {1, kOut}, int64_t time_ns = kTestStartNs) {
  return {number, /*is_syn_ack=*/true, stretch, time_ns};
}

TEST(SharedHandshakes, TheFirstWorkerToEnterANumberHasIt) {
  SharedHandshakes handshakes(1, kWorkers);
  for (uint32_t number = 0; number < 1000; ++number) {
    const size_t first = number % kWorkers;
    EXPECT_EQ(handshakes.FindOrEnter(Syn(number), first).worker, first);
    for (size_t worker = 0; worker < kWorkers; ++worker) {
      EXPECT_EQ(handshakes.FindOrEnter(Syn(number, {2, kOut}), worker).worker, first);
      EXPECT_EQ(handshakes.FindOrEnter(SynAck(number, {2, kIn}), worker).worker, first);
    }
  }
}

TEST(SharedHandshakes, FindsEntriesOfASlightlyLaterTimeToo) {
  SharedHandshakes handshakes(1, kWorkers);
  handshakes.FindOrEnter(Syn(7, {1, kIn}, TestTime(0.5)), 3);
  EXPECT_EQ(handshakes.FindOrEnter(Syn(7, {2, kIn}, TestTime(0)), 1).worker, 3u);
  EXPECT_EQ(handshakes.FindOrEnter(Syn(7, {2, kIn}, TestTime(1.5)), 1).worker, 3u);
}

TEST(SharedHandshakes, AnEntryLivesAsLongAsAnAttemptToConnect) {
  SharedHandshakes handshakes(1, kWorkers);
  handshakes.FindOrEnter(Syn(7), 3);
  EXPECT_EQ(handshakes.FindOrEnter(Syn(7, {2, kIn}, TestTime(126.9)), 1).worker, 3u);
  EXPECT_EQ(handshakes.FindOrEnter(Syn(7, {2, kIn}, TestTime(128)), 1).worker, 1u);
  EXPECT_EQ(handshakes.FindOrEnter(Syn(7, {2, kIn}, TestTime(128)), 2).worker, 1u) << "the newest entry counts";
}

TEST(SharedHandshakes, TellsWhetherTheStretchIsTheSame) {
  const struct {
    Handshake first, second;
    bool is_same;
  } kCases[] = {
      {Syn(7, {1, kIn}), Syn(7, {1, kIn}), true},
      {Syn(7, {1, kIn}), Syn(7, {1, kOut}), false},
      {Syn(7, {1, kIn}), Syn(7, {2, kIn}), false},
      {Syn(7, {1, kUnknown}), Syn(7, {1, kOut}), true},
      {Syn(7, {1, kOut}), Syn(7, {1, kUnknown}), true},
      {Syn(7, {1, kUnknown}), Syn(7, {2, kUnknown}), false},
      {SynAck(7, {1, kOut}), SynAck(7, {1, kOut}), true},
      // A SYN and its answer go opposite ways.
      {Syn(7, {1, kIn}), SynAck(7, {1, kOut}), true},
      {SynAck(7, {1, kOut}), Syn(7, {1, kIn}), true},
      {Syn(7, {1, kIn}), SynAck(7, {1, kIn}), false},
      {Syn(7, {1, kUnknown}), SynAck(7, {1, kUnknown}), true},
      {Syn(7, {1, kIn}), SynAck(7, {2, kOut}), false},
  };
  for (const auto& each : kCases) {
    SharedHandshakes handshakes(1, kWorkers);
    handshakes.FindOrEnter(each.first, 0);
    EXPECT_EQ(handshakes.FindOrEnter(each.second, 1).is_same_stretch, each.is_same) << &each - kCases;
  }
}

TEST(SharedHandshakes, DoesNotTakeEmptyEntriesForNumbers) {
  SharedHandshakes handshakes(1, kWorkers);
  std::mt19937 random(1);
  for (int i = 0; i < 100000; ++i) {
    // Where the time is a multiple of the time's modulus, empty entries would be young.
    EXPECT_EQ(handshakes.FindOrEnter(Syn(random(), {0, kUnknown}, 0), 2).worker, 2u);
  }
}

TEST(SharedHandshakes, AFullTableReplacesTheOldestAndCountsThoseThatWereNeeded) {
  SharedHandshakes handshakes(1, kWorkers);
  constexpr uint32_t kNumbers = 4 * SharedHandshakes::kCapacity;
  uint32_t replaced = 0;
  for (uint32_t number = 0; number < kNumbers; ++number) {
    replaced += handshakes.FindOrEnter(Syn(number), 0).has_replaced_needed;
  }
  EXPECT_GE(replaced, kNumbers - SharedHandshakes::kCapacity - 10) << "a few numbers have the digest of another";
  uint32_t found = 0;
  constexpr uint32_t kLatest = SharedHandshakes::kCapacity / 4;
  for (uint32_t i = 1; i <= kLatest; ++i) found += handshakes.FindOrEnter(Syn(kNumbers - i), 1).worker == 0;
  EXPECT_GT(found, kLatest * 98 / 100) << "a flood leaves the latest numbers";
}

TEST(SharedHandshakes, ReplacingOldEntriesIsNoLoss) {
  SharedHandshakes handshakes(1, kWorkers);
  for (uint32_t i = 0; i < 4 * SharedHandshakes::kCapacity; ++i) {
    const int64_t time_ns = kTestStartNs + int64_t{i} * 1000000;  // 1000 a second
    EXPECT_FALSE(handshakes.FindOrEnter(Syn(i, {1, kIn}, time_ns), 0).has_replaced_needed);
  }
}

TEST(SharedHandshakes, NumbersOfOneRingDependOnTheSeed) {
  // Numbers that fill one ring under one seed, because they push each other out.
  SharedHandshakes handshakes(1, kWorkers);
  uint32_t lost = 0;
  for (uint32_t i = 0; i < 100000; ++i) {
    lost += handshakes.FindOrEnter(Syn(i << 13), 0).has_replaced_needed;  // equal in their low 13 bits
  }
  EXPECT_LT(lost, 50000u);
}

}  // namespace
}  // namespace tcpgauge
