// SPDX-License-Identifier: Apache-2.0
#include "src/capture/packet_inbox.h"

#include <poll.h>

#include <algorithm>
#include <random>
#include <thread>
#include <utility>
#include <vector>

#include "gtest/gtest.h"

namespace tcpgauge {
namespace {

constexpr uint64_t kInterface = 7;
constexpr auto kCollector = PacketInbox::Role::kCollector;
constexpr auto kOwner = PacketInbox::Role::kOwner;

DecodedPacket Numbered(uint32_t number) {
  DecodedPacket packet;
  packet.sequence_number = number;
  return packet;
}

bool IsReadable(int fd) {
  pollfd poll_fd = {fd, POLLIN, 0};
  return poll(&poll_fd, 1, 0) == 1;
}

TEST(PacketInbox, GivesPacketsInTheOrderOfTheirTimes) {
  PacketInbox inbox;
  std::mt19937 random(1);
  std::vector<std::pair<int64_t, uint32_t>> expected;
  // So many that the places are used several times.
  for (uint32_t number = 0; number < 10 * PacketInbox::kCapacity;) {
    for (int i = 0; i < 1000; ++i, ++number) {
      DecodedPacket packet = Numbered(number);
      packet.time_ns = number / 1000 * 1000000 + random() % 100;
      expected.push_back({packet.time_ns, number});
      ASSERT_TRUE(inbox.Push(packet, kInterface, kOwner));
    }
    std::sort(expected.begin(), expected.end());
    for (const auto& [time_ns, next] : expected) {
      ASSERT_EQ(inbox.Front()->packet.time_ns, time_ns);
      ASSERT_EQ(inbox.Front()->packet.sequence_number, next);
      inbox.Pop();
    }
    expected.clear();
  }
}

TEST(PacketInbox, FreesAPlaceOnceAllThatCameBeforeAreGone) {
  PacketInbox inbox;
  DecodedPacket late = Numbered(0);
  late.time_ns = 2;
  ASSERT_TRUE(inbox.Push(late, kInterface, kOwner));
  for (uint32_t i = 1; i < PacketInbox::kCapacity; ++i) ASSERT_TRUE(inbox.Push(Numbered(i), kInterface, kOwner));
  for (uint32_t i = 1; i < PacketInbox::kCapacity; ++i) {
    ASSERT_EQ(inbox.Front()->packet.sequence_number, i);
    inbox.Pop();
    ASSERT_FALSE(inbox.Push(Numbered(i), kInterface, kOwner));
  }
  ASSERT_EQ(inbox.Front()->packet.sequence_number, 0u);
  inbox.Pop();
  EXPECT_FALSE(inbox.is_half_full());
  for (uint32_t i = 0; i < PacketInbox::kCapacity; ++i) ASSERT_TRUE(inbox.Push(Numbered(i), kInterface, kOwner));
}

TEST(PacketInbox, KeepsPacketsOfEqualTimeOfEachSenderInOrder) {
  constexpr uint32_t kSenders = 3;
  constexpr uint32_t kPackets = 100000;
  PacketInbox inbox;
  std::vector<std::thread> senders;
  for (uint32_t sender = 0; sender < kSenders; ++sender) {
    senders.emplace_back([&inbox, sender] {
      for (uint32_t i = 0; i < kPackets; ++i) {
        DecodedPacket packet = Numbered(i);
        packet.window = static_cast<uint16_t>(sender);
        while (!inbox.Push(packet, kInterface, i % 2 == 0 ? kOwner : kCollector)) std::this_thread::yield();
        inbox.WakeOwner();
      }
    });
  }
  std::vector<uint32_t> next(kSenders);
  for (uint32_t count = 0; count < kSenders * kPackets;) {
    const PacketInbox::Item* const item = inbox.Front();
    if (item == nullptr) {
      pollfd fd = {inbox.fd(), POLLIN, 0};
      if (inbox.PrepareToSleep() == nullptr) {
        ASSERT_EQ(poll(&fd, 1, 60000), 1) << "nobody wakes the owner";
      }
      inbox.EndSleep();
      continue;
    }
    const uint16_t sender = item->packet.window;
    ASSERT_EQ(item->packet.sequence_number, next[sender]++);
    ASSERT_EQ(item->role, item->packet.sequence_number % 2 == 0 ? kOwner : kCollector);
    ASSERT_EQ(item->interface, kInterface);
    inbox.Pop();
    ++count;
  }
  for (std::thread& sender : senders) sender.join();
  EXPECT_EQ(inbox.Front(), nullptr);
}

TEST(PacketInbox, RefusesPacketsWhileItIsFull) {
  PacketInbox inbox;
  for (uint32_t i = 0; i < PacketInbox::kCapacity; ++i) {
    EXPECT_EQ(inbox.is_half_full(), i >= PacketInbox::kCapacity / 2);
    ASSERT_TRUE(inbox.Push(Numbered(i), kInterface, kOwner));
  }
  EXPECT_FALSE(inbox.Push(Numbered(0), kInterface, kOwner));
  EXPECT_EQ(inbox.Front()->packet.sequence_number, 0u);
  inbox.Pop();
  EXPECT_TRUE(inbox.Push(Numbered(PacketInbox::kCapacity), kInterface, kOwner));
  EXPECT_FALSE(inbox.Push(Numbered(0), kInterface, kOwner));
  for (uint32_t i = 1; i <= PacketInbox::kCapacity; ++i) {
    ASSERT_EQ(inbox.Front()->packet.sequence_number, i);
    inbox.Pop();
  }
  EXPECT_EQ(inbox.Front(), nullptr);
}

TEST(PacketInbox, WakesOnlyAnOwnerThatSleeps) {
  PacketInbox inbox;
  inbox.Push(Numbered(0), kInterface, kOwner);
  inbox.WakeOwner();
  EXPECT_FALSE(IsReadable(inbox.fd())) << "the owner is awake, so a system call would be wasted";
  EXPECT_NE(inbox.PrepareToSleep(), nullptr) << "it must look at the packet";
  inbox.WakeOwner();
  EXPECT_FALSE(IsReadable(inbox.fd()));
  inbox.Pop();
  EXPECT_EQ(inbox.PrepareToSleep(), nullptr);
  inbox.Push(Numbered(1), kInterface, kOwner);
  inbox.WakeOwner();
  EXPECT_TRUE(IsReadable(inbox.fd()));
  inbox.EndSleep();
  EXPECT_FALSE(IsReadable(inbox.fd()));
  EXPECT_NE(inbox.Front(), nullptr);
}

}  // namespace
}  // namespace tcpgauge
