// SPDX-License-Identifier: Apache-2.0
#include "src/capture/packet_merger.h"

#include <algorithm>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "tests/support/hand_moved_clock.h"

namespace tcpgauge {
namespace {

using Result = PacketSource::ReadResult;

constexpr int64_t kMs = kNanosecondsPerMillisecond;
constexpr int64_t kDelayNs = 30 * kMs;

// A packet as these tests see it: the source, and its time in milliseconds since the start of the test.
using Seen = std::pair<size_t, int64_t>;

class PacketMergerTest : public testing::Test {
 protected:
  static constexpr size_t kSources = 3;

  // The source is read now, and returns packets of these times.
  void Read(size_t source, const std::vector<int64_t>& times_ms, Result result) {
    merger_.SetTime(clock_.WallNanoseconds(), clock_.SteadyNanoseconds());
    ASSERT_FALSE(merger_.HasPackets(source));
    PacketBatch* const batch = merger_.BeginRead(source);
    ASSERT_TRUE(batch->packets().empty());
    std::optional<int64_t> last_time_ns;
    for (const int64_t time_ms : times_ms) {
      DecodedPacket* const packet = batch->Add();
      packet->interface = static_cast<uint32_t>(source);
      packet->time_ns = start_ns_ + time_ms * kMs;
      last_time_ns = packet->time_ns;
    }
    merger_.EndRead(source, result, last_time_ns);
  }

  std::vector<Seen> Take() {
    merger_.SetTime(clock_.WallNanoseconds(), clock_.SteadyNanoseconds());
    std::vector<Seen> taken;
    PacketBatch batch;
    while (merger_.Take(&batch)) {
      for (const DecodedPacket& packet : batch.packets()) {
        taken.push_back({packet.interface, (packet.time_ns - start_ns_) / kMs});
      }
      batch.clear();
    }
    return taken;
  }

  void MoveMs(int64_t ms) { clock_.Move(ms * kMs); }

  HandMovedClock clock_;
  const int64_t start_ns_ = clock_.WallNanoseconds();
  PacketMerger merger_{kSources, kDelayNs};
};

TEST_F(PacketMergerTest, GivesPacketsOfAllSourcesInTheOrderOfTheirTimes) {
  MoveMs(20);
  Read(0, {3, 6, 7, 8}, Result::kLastPackets);
  Read(1, {1, 2, 9, 20}, Result::kLastPackets);
  Read(2, {4, 5, 20}, Result::kLastPackets);
  EXPECT_EQ(Take(), (std::vector<Seen>{{1, 1}, {1, 2}, {0, 3}, {2, 4}, {2, 5}, {0, 6}, {0, 7}, {0, 8}}));
  EXPECT_EQ(merger_.taken_until_ns(), start_ns_ + 8 * kMs) << "source 0 may deliver the next packet";
}

TEST_F(PacketMergerTest, GivesPacketsWithEqualTimesInTheOrderOfTheirSources) {
  MoveMs(20);
  Read(2, {5, 5, 7}, Result::kLastPackets);
  Read(1, {5, 7}, Result::kLastPackets);
  Read(0, {5, 5, 7}, Result::kLastPackets);
  EXPECT_EQ(Take(), (std::vector<Seen>{{0, 5}, {0, 5}, {1, 5}, {2, 5}, {2, 5}, {0, 7}, {1, 7}, {2, 7}}));
}

TEST_F(PacketMergerTest, AnIdleSourceHoldsPacketsBackUntilTheKernelHasDeliveredEarlierOnes) {
  MoveMs(20);
  Read(0, {10, 11, 20}, Result::kLastPackets);
  Read(1, {}, Result::kNone);
  Read(2, {}, Result::kNone);
  EXPECT_EQ(Take(), std::vector<Seen>());
  EXPECT_EQ(merger_.WaitNs(), 20 * kMs);
  MoveMs(20);
  EXPECT_EQ(Take(), std::vector<Seen>()) << "the idle sources were not read since";
  Read(1, {}, Result::kNone);
  EXPECT_EQ(Take(), std::vector<Seen>()) << "one of them was not";
  Read(2, {}, Result::kNone);
  EXPECT_EQ(Take(), (std::vector<Seen>{{0, 10}}));
  EXPECT_EQ(merger_.WaitNs(), PacketMerger::kShortestWaitNs) << "the next packet can leave in 1 ms";
  MoveMs(1);
  EXPECT_FALSE(merger_.MayReadMore());
  Read(1, {10, 12}, Result::kLastPackets);
  Read(2, {}, Result::kNone);
  EXPECT_EQ(Take(), (std::vector<Seen>{{1, 10}, {0, 11}})) << "the clock cannot rule out that source 2 has one of 12";
  EXPECT_EQ(merger_.taken_until_ns(), start_ns_ + 11 * kMs);
}

TEST_F(PacketMergerTest, ASourceThatMayHaveMoreHoldsLaterPacketsBack) {
  MoveMs(100);
  Read(0, {10, 20}, Result::kPackets);
  Read(1, {15, 25, 30}, Result::kLastPackets);
  Read(2, {}, Result::kNone);
  EXPECT_EQ(Take(), (std::vector<Seen>{{0, 10}, {1, 15}, {0, 20}}));
  EXPECT_TRUE(merger_.MayReadMore());
  Read(0, {21, 27}, Result::kPackets);
  EXPECT_FALSE(merger_.MayReadMore()) << "its packets wait";
  EXPECT_EQ(Take(), (std::vector<Seen>{{0, 21}, {1, 25}, {0, 27}}));
  EXPECT_TRUE(merger_.MayReadMore());
  Read(0, {}, Result::kNone);
  EXPECT_FALSE(merger_.MayReadMore());
  EXPECT_EQ(Take(), (std::vector<Seen>{{1, 30}}));
  EXPECT_EQ(merger_.WaitNs(), std::nullopt);
}

TEST_F(PacketMergerTest, ASourceIsReadAgainAtOnceWhenItsPacketsHaveWaited) {
  merger_.Close(2);
  MoveMs(20);
  Read(0, {10}, Result::kLastPackets);
  Read(1, {11}, Result::kLastPackets);
  EXPECT_EQ(Take(), (std::vector<Seen>{{0, 10}}));
  EXPECT_FALSE(merger_.MayReadMore()) << "it returned all just now";
  MoveMs(30);
  Read(0, {}, Result::kNone);
  EXPECT_EQ(Take(), (std::vector<Seen>{{1, 11}}));
  EXPECT_TRUE(merger_.MayReadMore());
  Read(1, {}, Result::kNone);
  EXPECT_FALSE(merger_.MayReadMore());
}

TEST_F(PacketMergerTest, ASourceOfWhichAllPacketsWereRemovedHoldsNoEarlierPacketsBack) {
  MoveMs(20);
  Read(0, {10, 12}, Result::kLastPackets);
  merger_.BeginRead(1);
  merger_.EndRead(1, Result::kPackets, start_ns_ + 11 * kMs);  // they went to other workers
  merger_.Close(2);
  EXPECT_EQ(Take(), (std::vector<Seen>{{0, 10}}));
  EXPECT_TRUE(merger_.MayReadMore());
  EXPECT_EQ(merger_.taken_until_ns(), start_ns_ + 11 * kMs);
}

TEST_F(PacketMergerTest, AClosedSourceHoldsNoPacketsBackAndItsOwnLeaveInOrder) {
  MoveMs(20);
  Read(0, {10, 20}, Result::kLastPackets);
  Read(1, {5, 15}, Result::kNone);
  Read(2, {}, Result::kNone);
  merger_.Close(1);
  EXPECT_EQ(Take(), std::vector<Seen>());
  merger_.Close(2);
  EXPECT_EQ(Take(), (std::vector<Seen>{{1, 5}, {0, 10}, {1, 15}, {0, 20}}));
  EXPECT_EQ(merger_.taken_until_ns(), start_ns_ + 20 * kMs) << "source 0 is open";
  merger_.Close(0);
  EXPECT_FALSE(merger_.MayReadMore());
}

TEST_F(PacketMergerTest, AllPacketsLeaveInOrderWhenAllSourcesAreClosed) {
  MoveMs(20);
  Read(0, {10, 20}, Result::kPackets);
  Read(1, {15}, Result::kPackets);
  Read(2, {}, Result::kNone);
  EXPECT_EQ(Take(), std::vector<Seen>());
  merger_.CloseAll();
  EXPECT_EQ(Take(), (std::vector<Seen>{{0, 10}, {1, 15}, {0, 20}}));
  EXPECT_EQ(merger_.WaitNs(), std::nullopt);
  EXPECT_EQ(merger_.taken_until_ns(), INT64_MAX);
  EXPECT_FALSE(merger_.MayReadMore());
}

TEST_F(PacketMergerTest, PacketsFromBeforeTheClockWasSetBackLeaveAtOnce) {
  for (const int64_t step_ms : {25, 400, 3'600'000}) {
    MoveMs(1000);
    const int64_t before_ms = (clock_.WallNanoseconds() - start_ns_) / kMs;
    Read(0, {before_ms}, Result::kLastPackets);
    Read(1, {before_ms - 1}, Result::kLastPackets);
    Read(2, {}, Result::kNone);
    EXPECT_EQ(Take(), std::vector<Seen>());
    clock_.StepWall(-step_ms * kMs);
    EXPECT_EQ(Take(), (std::vector<Seen>{{0, before_ms}, {1, before_ms - 1}})) << step_ms;
    // What comes afterwards waits as ever: what the sources delivered before the step says nothing of the time since.
    const int64_t after_ms = (clock_.WallNanoseconds() - start_ns_) / kMs;
    Read(0, {after_ms}, Result::kLastPackets);
    Read(1, {}, Result::kNone);
    Read(2, {}, Result::kNone);
    EXPECT_EQ(Take(), std::vector<Seen>()) << step_ms;
    MoveMs(30);
    Read(1, {}, Result::kNone);
    Read(2, {}, Result::kNone);
    EXPECT_EQ(Take(), (std::vector<Seen>{{0, after_ms}})) << step_ms;
  }
}

TEST_F(PacketMergerTest, AClockSetForwardHoldsNoPacketsBack) {
  MoveMs(20);
  Read(0, {20}, Result::kLastPackets);
  Read(1, {}, Result::kNone);
  Read(2, {}, Result::kNone);
  clock_.StepWall(400 * kMs);
  Read(1, {419}, Result::kLastPackets);
  Read(2, {}, Result::kNone);
  EXPECT_EQ(Take(), (std::vector<Seen>{{0, 20}}));
  MoveMs(30);
  Read(0, {}, Result::kNone);
  Read(2, {}, Result::kNone);
  EXPECT_EQ(Take(), (std::vector<Seen>{{1, 419}}));
}

TEST_F(PacketMergerTest, NoPacketWaitsLongerThanTheLongestWaitWhateverTheClockDoes) {
  MoveMs(20);
  Read(0, {10, 20}, Result::kLastPackets);
  for (int64_t waited_ms = 0; waited_ms < 1000; waited_ms += 10) {
    Read(1, {}, Result::kNone);
    Read(2, {}, Result::kNone);
    ASSERT_EQ(Take(), std::vector<Seen>()) << waited_ms;
    ASSERT_LE(merger_.WaitNs(),
              std::max(PacketMerger::kLongestWaitNs - waited_ms * kMs, PacketMerger::kShortestWaitNs));
    MoveMs(10);
    clock_.StepWall(-10 * kMs);  // so that the wall clock stands still
  }
  EXPECT_EQ(Take(), (std::vector<Seen>{{0, 10}, {0, 20}}));
}

// Interfaces, and a kernel that holds packets back: each interface has a block, which is handed over when it is full,
// or kHoldBackNs after its first packet.
TEST_F(PacketMergerTest, EachPacketLeavesInOrderAndSoonForRandomTraffic) {
  constexpr int64_t kHoldBackNs = 25 * kMs;
  constexpr size_t kBlock = 200;
  std::mt19937 random(1);
  struct Interface {
    std::vector<int64_t> block;
    std::vector<int64_t> delivered;
  };
  Interface interfaces[kSources];
  size_t captured = 0;
  size_t taken = 0;
  size_t waits = 0;
  int64_t last_ns = 0;
  for (int round = 0; round < 20000; ++round) {
    // Mostly one interface is busy, and now and then all of them are idle.
    const size_t busy = static_cast<size_t>(round / 500) % (kSources + 1);
    for (int i = 0; i < 20; ++i) {
      clock_.Move(static_cast<int64_t>(random() % 100000));
      const size_t source = busy == kSources || random() % 8 != 0 ? busy : random() % kSources;
      if (source == kSources) continue;
      interfaces[source].block.push_back(clock_.WallNanoseconds());
      ++captured;
    }
    for (Interface& each : interfaces) {
      if (each.block.empty()) continue;
      if (each.block.size() < kBlock && clock_.WallNanoseconds() - each.block.front() < kHoldBackNs) continue;
      each.delivered.insert(each.delivered.end(), each.block.begin(), each.block.end());
      each.block.clear();
    }
    merger_.SetTime(clock_.WallNanoseconds(), clock_.SteadyNanoseconds());
    for (size_t source = 0; source < kSources; ++source) {
      if (merger_.HasPackets(source)) continue;
      std::vector<int64_t>& delivered = interfaces[source].delivered;
      PacketBatch* const batch = merger_.BeginRead(source);
      const size_t count = std::min(delivered.size(), PacketBatch::kCapacity);
      std::optional<int64_t> last_time_ns;
      for (size_t i = 0; i < count; ++i) {
        batch->Add()->time_ns = delivered[i];
        last_time_ns = delivered[i];
      }
      delivered.erase(delivered.begin(), delivered.begin() + static_cast<ptrdiff_t>(count));
      merger_.EndRead(source,
                      count == PacketBatch::kCapacity ? Result::kPackets
                      : count > 0                     ? Result::kLastPackets
                                                      : Result::kNone,
                      last_time_ns);
    }
    merger_.SetTime(clock_.WallNanoseconds(), clock_.SteadyNanoseconds());
    PacketBatch batch;
    for (; merger_.Take(&batch); batch.clear()) {
      for (const DecodedPacket& packet : batch.packets()) {
        ASSERT_GE(packet.time_ns, last_ns);
        ASSERT_LE(clock_.WallNanoseconds() - packet.time_ns, kHoldBackNs + kDelayNs);
        last_ns = packet.time_ns;
        ++taken;
      }
    }
    ASSERT_LE(last_ns, merger_.taken_until_ns());
    const std::optional<int64_t> wait_ns = merger_.WaitNs();
    if (!wait_ns.has_value()) continue;
    ++waits;
    ASSERT_LE(*wait_ns, kDelayNs);
  }
  EXPECT_GT(waits, 1000u);
  merger_.CloseAll();
  PacketBatch batch;
  for (; merger_.Take(&batch); batch.clear()) taken += batch.packets().size();
  for (const Interface& each : interfaces) taken += each.block.size() + each.delivered.size();
  EXPECT_EQ(taken, captured);
}

}  // namespace
}  // namespace tcpgauge
