// SPDX-License-Identifier: Apache-2.0
#include "src/capture/handover.h"

#include <algorithm>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "src/capture/owner_function.h"
#include "src/capture/packet_inbox.h"
#include "src/snapshot/worker_snapshot.h"
#include "tests/support/segment.h"

namespace tcpgauge {
namespace {

constexpr uint64_t kSeed = 3;
constexpr int64_t kAnyTime = std::numeric_limits<int64_t>::max();

class HandoverTest : public testing::Test {
 protected:
  static constexpr size_t kWorkers = 4;

  static TableOptions Options() {
    TableOptions options;
    options.hash_seed = kSeed;
    return options;
  }

  struct Worker {
    CaptureCounters counters;
    InterfaceRegistry interfaces{&counters, Seconds(60)};
    std::unique_ptr<Handover> handover;
    std::vector<uint32_t> lost;  // places of interfaces
  };

  void SetUp() override {
    for (size_t i = 0; i < kWorkers; ++i) {
      // Each worker knows its interfaces in another order.
      for (size_t j = 0; j <= i; ++j) workers_[i].interfaces.Discover("of worker " + std::to_string(i));
      workers_[i].interfaces.Discover("eth0");
      workers_[i].handover = std::make_unique<Handover>(&group_, i, &workers_[i].interfaces);
    }
  }

  // Worker `worker` captures the packet. Returns what stays with it.
  std::vector<DecodedPacket> Capture(size_t worker, DecodedPacket packet) {
    PacketBatch batch;
    packet.interface = static_cast<uint32_t>(workers_[worker].interfaces.Discover("eth0"));
    *batch.Add() = packet;
    workers_[worker].handover->HandOver(&batch, [&](uint32_t place) { workers_[worker].lost.push_back(place); });
    return {batch.packets().begin(), batch.packets().end()};
  }

  // All that worker `worker` can receive.
  std::vector<DecodedPacket> Receive(size_t worker, int64_t read_until_ns = kAnyTime) {
    std::vector<DecodedPacket> packets;
    PacketBatch batch;
    while (workers_[worker].handover->Receive(read_until_ns, &batch,
                                              [&](uint32_t place) { workers_[worker].lost.push_back(place); })) {
      packets.insert(packets.end(), batch.packets().begin(), batch.packets().end());
      batch.clear();
    }
    return packets;
  }

  // A client whose connection to kServer belongs to that worker.
  Endpoint ClientOf(size_t worker) const {
    Endpoint client = At("192.0.2.1:30000");
    while (owners_.OwnerOf(client, kServer) != worker) ++client.port;
    return client;
  }

  size_t CollectorOf(const Endpoint& client) const { return owners_.OwnerOfDatagrams(client.address, kServer.address); }

  const Endpoint kServer = At("198.51.100.2:443");
  const OwnerFunction owners_{kSeed, kWorkers};
  HandoverGroup group_{Options(), kWorkers};
  Worker workers_[kWorkers];
};

TEST_F(HandoverTest, GivesEachSegmentToItsOwnerWhicheverWorkerCapturedIt) {
  for (size_t owner = 0; owner < kWorkers; ++owner) {
    const Endpoint client = ClientOf(owner);
    for (size_t captor = 0; captor < kWorkers; ++captor) {
      for (const bool is_tunneled : {false, true}) {
        uint32_t number = 0;
        for (const bool from_client : {true, false, true}) {
          Segment segment = from_client ? Segment(client, kServer) : Segment(kServer, client);
          if (is_tunneled) segment.Vlan(7).Tunnel(TunnelType::kVxlan, 42);
          EXPECT_EQ(Capture(captor, segment.Seq(number++)).size(), captor == owner ? 1u : 0u);
        }
        const std::vector<DecodedPacket> received = Receive(owner);
        ASSERT_EQ(received.size(), captor == owner ? 0u : 3u);
        for (size_t i = 0; i < received.size(); ++i) {
          EXPECT_EQ(received[i].sequence_number, i);
          EXPECT_EQ(workers_[owner].interfaces.Name(received[i].interface), "eth0");
          EXPECT_EQ(received[i].encapsulation.tunnel_count, is_tunneled ? 1 : 0);
        }
      }
    }
  }
  for (Worker& worker : workers_) EXPECT_TRUE(worker.lost.empty());
}

TEST_F(HandoverTest, LeavesTheOrderOfWhatStays) {
  const Endpoint own = ClientOf(0), others = ClientOf(1);
  PacketBatch batch;
  for (uint32_t i = 0; i < PacketBatch::kCapacity; ++i) {
    *batch.Add() = Segment(i % 3 == 0 ? others : own, kServer).Seq(i);
    if (i % 5 == 0) batch.packets().back().kind = DecodedPacket::Kind::kNotTcp;
  }
  workers_[0].handover->HandOver(&batch, [](uint32_t) { FAIL(); });
  std::vector<uint32_t> kept, expected;
  for (const DecodedPacket& packet : batch.packets()) kept.push_back(packet.sequence_number);
  for (uint32_t i = 0; i < PacketBatch::kCapacity; ++i) {
    if (i % 3 != 0 || i % 5 == 0) expected.push_back(i);
  }
  EXPECT_EQ(kept, expected) << "packets that are not TCP stay too";
  EXPECT_EQ(Receive(1).size() + expected.size(), PacketBatch::kCapacity);
}

TEST_F(HandoverTest, AddsAnInterfaceThatOnlyAnotherWorkerHas) {
  const size_t places = workers_[1].counters.interfaces.size();
  DecodedPacket packet = Segment(ClientOf(1), kServer);
  for (const char* name : {"of worker 0", "vpn0", "vpn0"}) {
    PacketBatch batch;
    packet.interface = static_cast<uint32_t>(workers_[0].interfaces.Discover(name));
    *batch.Add() = packet;
    workers_[0].handover->HandOver(&batch, [](uint32_t) { FAIL(); });
    const std::vector<DecodedPacket> received = Receive(1);
    ASSERT_EQ(received.size(), 1u);
    EXPECT_EQ(workers_[1].interfaces.Name(received[0].interface), name);
  }
  EXPECT_EQ(workers_[1].counters.interfaces.size(), places + 2);
}

TEST_F(HandoverTest, ThePacketsOfAForgottenInterfaceGetAnotherPlace) {
  const auto hand_over = [this] {
    DecodedPacket packet = Segment(ClientOf(1), kServer);
    packet.interface = static_cast<uint32_t>(workers_[0].interfaces.Discover("no-such-link"));
    PacketBatch batch;
    *batch.Add() = packet;
    workers_[0].handover->HandOver(&batch, [](uint32_t) { FAIL(); });
    return Receive(1).at(0).interface;
  };
  const uint32_t place = hand_over();
  EXPECT_EQ(hand_over(), place);
  const InterfaceLookup lookup;
  workers_[1].interfaces.Poll(lookup, 0);
  for (const size_t forgotten : workers_[1].interfaces.ForgetGone(Seconds(60))) {
    workers_[1].handover->Forget(forgotten);
  }
  ASSERT_TRUE(workers_[1].counters.interfaces[place].is_forgotten);
  const uint32_t again = hand_over();
  EXPECT_NE(again, place);
  EXPECT_EQ(workers_[1].interfaces.Name(again), "no-such-link");
}

TEST_F(HandoverTest, APacketWhoseInterfaceNobodyKnowsAnyMoreIsOfOther) {
  DecodedPacket packet = Segment(ClientOf(1), kServer);
  const size_t place = workers_[0].interfaces.Discover("no-such-link");
  packet.interface = static_cast<uint32_t>(place);
  PacketBatch batch;
  *batch.Add() = packet;
  workers_[0].handover->HandOver(&batch, [](uint32_t) { FAIL(); });
  workers_[0].handover->Forget(place);
  EXPECT_EQ(workers_[1].interfaces.Name(Receive(1).at(0).interface), "other");
}

TEST_F(HandoverTest, GivesFragmentsToTheOwnerOfTheFirstOnesPorts) {
  for (size_t owner = 0; owner < kWorkers; ++owner) {
    const Endpoint client = ClientOf(owner);
    for (size_t captor = 0; captor < kWorkers; ++captor) {
      const uint32_t id = static_cast<uint32_t>(owner * kWorkers + captor);
      std::vector<DecodedPacket> arrived;
      for (const DecodedPacket& fragment : {Segment(client, kServer).FirstFragment(id).packet(),
                                            Segment(client, kServer).FollowingFragment(id).packet()}) {
        for (const DecodedPacket& kept : Capture(captor, fragment)) arrived.push_back(kept);
      }
      for (size_t worker = 0; worker < kWorkers; ++worker) {
        const std::vector<DecodedPacket> received = Receive(worker);
        EXPECT_TRUE(worker == owner || received.empty()) << "fragments of " << owner << " at " << worker;
        arrived.insert(arrived.end(), received.begin(), received.end());
      }
      const std::vector<DecodedPacket> received = Receive(owner);  // what a later worker has handed over
      arrived.insert(arrived.end(), received.begin(), received.end());
      ASSERT_EQ(arrived.size(), 2u);
      EXPECT_EQ(arrived[0].kind, DecodedPacket::Kind::kTcpSegment);
      EXPECT_EQ(arrived[1].kind, DecodedPacket::Kind::kTcpFragment);
    }
  }
}

TEST_F(HandoverTest, LeavesAFragmentWithoutAFirstOneToTheCollector) {
  const Endpoint client = ClientOf(0);
  const size_t collector = CollectorOf(client);
  for (size_t captor = 0; captor < kWorkers; ++captor) {
    size_t kept = Capture(captor, Segment(client, kServer).FollowingFragment(5)).size();
    EXPECT_EQ(kept, captor == collector ? 1u : 0u);
    for (size_t worker = 0; worker < kWorkers; ++worker) {
      EXPECT_EQ(Receive(worker).size(), worker == collector ? 1 - kept : 0u);
    }
  }
}

TEST_F(HandoverTest, HoldsAPacketBackUntilTheOwnerHasReadSoFar) {
  for (const double seconds : {1.0, 2.0, 3.0}) Capture(0, Segment(ClientOf(1), kServer).Time(seconds));
  EXPECT_TRUE(Receive(1, TestTime(0.9)).empty());
  EXPECT_EQ(workers_[1].handover->PrepareToSleep(), TestTime(1));
  EXPECT_EQ(Receive(1, TestTime(2)).size(), 2u);
  EXPECT_EQ(workers_[1].handover->PrepareToSleep(), TestTime(3));
  EXPECT_EQ(Receive(1, TestTime(3)).size(), 1u);
  EXPECT_EQ(workers_[1].handover->PrepareToSleep(), std::nullopt);
}

TEST_F(HandoverTest, BringsPacketsOfSeveralWorkersIntoTheOrderOfTheirTimes) {
  const Endpoint client = ClientOf(1);
  for (const double seconds : {1.1, 1.3, 1.5}) Capture(0, Segment(client, kServer).Time(seconds));
  for (const double seconds : {1.0, 1.2, 1.4}) Capture(2, Segment(kServer, client).Time(seconds));
  std::vector<int64_t> times;
  for (const DecodedPacket& packet : Receive(1, TestTime(1.35))) times.push_back(packet.time_ns);
  EXPECT_EQ(times, std::vector<int64_t>({TestTime(1.0), TestTime(1.1), TestTime(1.2), TestTime(1.3)}));
}

TEST_F(HandoverTest, HoldsNothingBackWhileTheInboxIsHalfFull) {
  constexpr size_t kPackets = PacketInbox::kCapacity / 2 + 10;
  for (size_t i = 0; i < kPackets; ++i) Capture(0, Segment(ClientOf(1), kServer).Time(1));
  EXPECT_EQ(Receive(1, TestTime(0)).size(), 11u);
  EXPECT_EQ(Receive(1, TestTime(1)).size(), kPackets - 11);
}

TEST_F(HandoverTest, CountsEachPacketForWhichThereIsNoRoomAndNeverWaits) {
  // Two workers whose inboxes are full of each other's packets.
  for (size_t i = 0; i < PacketInbox::kCapacity + 5; ++i) {
    EXPECT_TRUE(Capture(0, Segment(ClientOf(1), kServer)).empty());
    EXPECT_TRUE(Capture(1, Segment(ClientOf(0), kServer)).empty());
  }
  for (const size_t worker : {0, 1}) {
    ASSERT_EQ(workers_[worker].lost.size(), 5u);
    EXPECT_EQ(workers_[worker].interfaces.Name(workers_[worker].lost[0]), "eth0");
    EXPECT_EQ(Receive(worker).size(), PacketInbox::kCapacity);
  }
  EXPECT_TRUE(Capture(0, Segment(ClientOf(1), kServer)).empty());
  EXPECT_EQ(Receive(1).size(), 1u);
  EXPECT_EQ(workers_[0].lost.size(), 5u);
}

TEST_F(HandoverTest, CountsAFragmentForWhichThereIsNoRoomWhereItIsHandedOver) {
  Endpoint client = At("192.0.2.1:30000");
  const size_t collector = CollectorOf(client);
  const size_t owner = (collector + 1) % kWorkers, captor = (collector + 2) % kWorkers;
  client = ClientOf(owner);
  EXPECT_TRUE(Capture(captor, Segment(client, kServer).FirstFragment(1)).empty());
  for (size_t i = 0; i < PacketInbox::kCapacity; ++i) Capture(captor, Segment(client, kServer));
  EXPECT_TRUE(Receive(collector).empty());
  EXPECT_TRUE(workers_[captor].lost.empty());
  ASSERT_EQ(workers_[collector].lost.size(), 1u);
  EXPECT_EQ(workers_[collector].interfaces.Name(workers_[collector].lost[0]), "eth0");
}

TEST_F(HandoverTest, HasReachedAStageWhenAllWorkersHave) {
  for (const Handover::Stage stage :
       {Handover::Stage::kReadsNoMore, Handover::Stage::kCollectsNoMore, Handover::Stage::kHandsOverNoMore}) {
    for (Worker& worker : workers_) {
      for (Worker& other : workers_) EXPECT_FALSE(other.handover->AllReached(stage));
      worker.handover->Reach(stage);
    }
    for (Worker& worker : workers_) EXPECT_TRUE(worker.handover->AllReached(stage));
  }
}

}  // namespace
}  // namespace tcpgauge
