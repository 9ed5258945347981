// SPDX-License-Identifier: Apache-2.0
#include "src/snapshot/interface_merger.h"

#include <random>
#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace tcpgauge {
namespace {

InterfaceView View(const std::string& name, uint64_t number, uint64_t packets) {
  InterfaceView view;
  view.name = name;
  view.number = number;
  view.is_named = false;
  view.packets[0] = packets;
  view.wire_bytes[1] = 10 * packets;
  view.dropped_packets = 2 * packets;
  view.duplicate_packets[2] = 3 * packets;
  view.account.segments = 4 * packets;
  return view;
}

InterfaceView Forgotten(InterfaceView view) {
  view.is_forgotten = true;
  return view;
}

class InterfaceMergerTest : public testing::Test {
 protected:
  // Merges, and returns the snapshot.
  Snapshot Merge() {
    Snapshot snapshot;
    time_ns_ += 1000;
    indexes_ = merger_.Merge({&one_, &two_}, time_ns_, &snapshot);
    return snapshot;
  }
  static const InterfaceView* Find(const Snapshot& snapshot, const std::string& name) {
    for (const InterfaceView& interface : snapshot.interfaces) {
      if (interface.name == name) return &interface;
    }
    return nullptr;
  }

  InterfaceMerger merger_{4, 77};
  CaptureCounters one_;
  CaptureCounters two_;
  int64_t time_ns_ = 1000;
  std::vector<std::vector<uint32_t>> indexes_;
};

TEST_F(InterfaceMergerTest, AddsUpWhatWorkersCounted) {
  one_.interfaces = {View("a", 1, 10), View("b", 2, 20)};
  two_.interfaces = {View("b", 1, 5)};
  const Snapshot snapshot = Merge();
  ASSERT_EQ(snapshot.interfaces.size(), 2u);
  EXPECT_EQ(snapshot.interfaces[1].packets[0], 25u);
  EXPECT_EQ(snapshot.interfaces[1].wire_bytes[1], 250u);
  EXPECT_EQ(snapshot.interfaces[1].dropped_packets, 50u);
  EXPECT_EQ(snapshot.interfaces[1].duplicate_packets[2], 75u);
  EXPECT_EQ(snapshot.interfaces[1].account.segments, 100u);
  EXPECT_EQ(snapshot.interfaces[1].start_time_ns, 77);
  EXPECT_EQ(indexes_, (std::vector<std::vector<uint32_t>>{{0, 1}, {1}}));
  EXPECT_EQ(snapshot.retired_interfaces.packets[0], 0u);
}

TEST_F(InterfaceMergerTest, AnInterfaceThatAllWorkersForgotIsRetired) {
  one_.interfaces = {View("a", 1, 10)};
  two_.interfaces = {View("a", 1, 5)};
  Merge();
  one_.interfaces = {Forgotten(View("a", 1, 12))};
  const Snapshot half = Merge();
  EXPECT_FALSE(half.interfaces[0].is_forgotten);
  EXPECT_EQ(half.interfaces[0].packets[0], 15u) << "does not fall";
  EXPECT_EQ(half.retired_interfaces.packets[0], 2u) << "what the account did not get in time";
  two_.interfaces = {Forgotten(View("a", 1, 6))};
  const Snapshot whole = Merge();
  ASSERT_EQ(whole.interfaces.size(), 1u) << "connections may refer to it";
  EXPECT_TRUE(whole.interfaces[0].is_forgotten);
  EXPECT_EQ(whole.interfaces[0].packets[0], 0u);
  EXPECT_EQ(whole.retired_interfaces.packets[0], 18u);
  EXPECT_EQ(whole.retired_interfaces.duplicate_packets[2], 54u);
  EXPECT_EQ(whole.retired_interfaces.account.segments, 72u);
}

TEST_F(InterfaceMergerTest, GaugesAreThoseOfNowAlsoOfAForgottenInterface) {
  one_.interfaces = {View("a", 1, 10)};
  two_.interfaces = {View("a", 1, 5)};
  one_.interfaces[0].open_connections = 3;
  two_.interfaces[0].open_connections = 4;
  two_.interfaces[0].stalled_connections = 1;
  Merge();
  one_.interfaces[0].open_connections = 2;
  const Snapshot known = Merge();
  EXPECT_EQ(known.interfaces[0].open_connections, 6);
  EXPECT_EQ(known.interfaces[0].stalled_connections, 1);
  one_.interfaces[0].is_forgotten = two_.interfaces[0].is_forgotten = true;
  two_.interfaces[0].stalled_connections = 0;
  const Snapshot forgotten = Merge();
  EXPECT_EQ(forgotten.interfaces[0].open_connections, 6);
  EXPECT_EQ(forgotten.interfaces[0].stalled_connections, 0);
  EXPECT_EQ(forgotten.interfaces[0].account.segments, 0u);
}

TEST_F(InterfaceMergerTest, AFreedPlaceIsNotListed) {
  one_.interfaces = {View("a", 1, 10), View("b", 2, 1), View("c", 3, 1)};
  Merge();
  one_.interfaces[1] = InterfaceView();
  one_.retired.packets[0] = 1;
  const Snapshot snapshot = Merge();
  ASSERT_EQ(snapshot.interfaces.size(), 2u);
  EXPECT_EQ(snapshot.interfaces[indexes_[0][0]].name, "a");
  EXPECT_EQ(snapshot.interfaces[indexes_[0][2]].name, "c");
  EXPECT_EQ(snapshot.retired_interfaces.packets[0], 1u);
}

TEST_F(InterfaceMergerTest, AnotherInterfaceInAPlaceBeginsFromZero) {
  one_.interfaces = {View("a", 1, 10)};
  Merge();
  one_.interfaces = {View("b", 2, 3)};  // between two snapshots
  one_.retired = View("", 0, 11);
  const Snapshot snapshot = Merge();
  ASSERT_EQ(snapshot.interfaces.size(), 1u);
  EXPECT_EQ(snapshot.interfaces[0].name, "b");
  EXPECT_EQ(snapshot.interfaces[0].packets[0], 3u);
  EXPECT_EQ(snapshot.interfaces[0].start_time_ns, time_ns_ - 1000) << "the time of the snapshot before";
  EXPECT_EQ(snapshot.retired_interfaces.packets[0], 11u);
}

TEST_F(InterfaceMergerTest, ANameThatComesBackAfterItWasForgottenBeginsFromZero) {
  one_.interfaces = {View("a", 1, 10)};
  Merge();
  one_.interfaces = {Forgotten(View("a", 1, 10))};
  Merge();
  one_.interfaces = {Forgotten(View("a", 1, 10)), View("a", 2, 1)};
  const Snapshot snapshot = Merge();
  ASSERT_EQ(snapshot.interfaces.size(), 1u) << "both have one name";
  EXPECT_FALSE(snapshot.interfaces[0].is_forgotten);
  EXPECT_EQ(snapshot.interfaces[0].packets[0], 1u);
  EXPECT_EQ(snapshot.retired_interfaces.packets[0], 10u);
  EXPECT_EQ(indexes_[0], (std::vector<uint32_t>{0, 0}));
}

TEST_F(InterfaceMergerTest, InterfacesBeyondTheBoundHaveNoSeriesAndDoNotLeaveOther) {
  one_.interfaces = {View("a", 1, 1), View("b", 2, 1), View("c", 3, 1), View("d", 4, 40)};
  const Snapshot before = Merge();
  EXPECT_TRUE(before.interfaces[2].has_series);
  EXPECT_FALSE(before.interfaces[3].has_series) << "the fourth value of the label is other";
  one_.interfaces[3] = Forgotten(View("d", 4, 40));
  const Snapshot after = Merge();
  EXPECT_EQ(after.other_interfaces.packets[0], 40u);
  EXPECT_EQ(after.retired_interfaces.packets[0], 0u);
}

TEST_F(InterfaceMergerTest, AForgottenInterfaceMakesRoomForSeriesOfANewOne) {
  one_.interfaces = {View("a", 1, 1), View("b", 2, 1), View("c", 3, 1), View("d", 4, 40)};
  Merge();
  one_.interfaces[0] = Forgotten(one_.interfaces[0]);
  EXPECT_FALSE(Find(Merge(), "d")->has_series) << "stays where it was counted";
  one_.interfaces.push_back(View("e", 5, 1));
  EXPECT_TRUE(Find(Merge(), "e")->has_series);
}

TEST_F(InterfaceMergerTest, TheInterfaceOtherSharesTheSeriesOfOther) {
  one_.interfaces = {View("other", 1, 1)};
  EXPECT_FALSE(Merge().interfaces[0].has_series);
}

TEST_F(InterfaceMergerTest, NamesThatMetricsCannotTellApartShareAnAccount) {
  one_.interfaces = {View("a\xff", 1, 1), View("a\xfe", 2, 2)};
  const Snapshot snapshot = Merge();
  ASSERT_EQ(snapshot.interfaces.size(), 1u);
  EXPECT_EQ(snapshot.interfaces[0].packets[0], 3u);
}

TEST_F(InterfaceMergerTest, ANamedInterfaceIsUpIfAllItsSourcesAre) {
  const auto named = [](InterfaceView view, bool up) {
    view.is_named = true;
    view.up = up;
    return view;
  };
  one_.interfaces = {named(View("a", 1, 1), true), View("b", 2, 1)};
  two_.interfaces = {named(View("a", 1, 1), false), named(View("b", 2, 1), true)};
  two_.interfaces[1].up = false;
  Snapshot snapshot = Merge();
  EXPECT_TRUE(snapshot.interfaces[0].is_named);
  EXPECT_FALSE(snapshot.interfaces[0].up);
  EXPECT_TRUE(snapshot.interfaces[1].is_named);
  EXPECT_FALSE(snapshot.interfaces[1].up) << "the condition of the source counts";
  two_.interfaces[0].up = two_.interfaces[1].up = true;
  one_.interfaces[1].up = false;
  snapshot = Merge();
  EXPECT_TRUE(snapshot.interfaces[0].up);
  EXPECT_TRUE(snapshot.interfaces[1].up) << "the other worker has no source";
}

// Two workers count on interfaces that come and go, forget them and free their places, each in its own time.
TEST_F(InterfaceMergerTest, NoSumFallsAndEverythingAddsUpWhateverWorkersForget) {
  for (const uint32_t seed : {1u, 2u, 3u, 4u, 5u}) {
    std::mt19937 random(seed);
    InterfaceMerger merger(4, 0);
    CaptureCounters workers[2];
    uint64_t last_number = 0, captured = 0;
    Snapshot before;
    for (int round = 1; round < 2000; ++round) {
      for (CaptureCounters& worker : workers) {
        if (worker.interfaces.empty()) worker.interfaces.resize(8);
        for (InterfaceView& view : worker.interfaces) {
          const uint32_t action = random() % 16;
          if (view.name.empty()) {
            if (action < 4) view = View("veth" + std::to_string(random() % 12), ++last_number, 0);
            continue;
          }
          if (action == 0 && !view.is_forgotten) view.is_forgotten = true;
          if (action < 8) {
            const uint64_t packets = random() % 100;
            view.packets[0] += packets;
            captured += packets;
          }
          if (action >= 14 && view.is_forgotten) {
            worker.retired.Add(view);
            view = InterfaceView();
          }
        }
      }
      if (random() % 3 == 0) continue;  // the collector misses a snapshot
      Snapshot snapshot;
      merger.Merge({&workers[0], &workers[1]}, round, &snapshot);
      uint64_t sum = snapshot.retired_interfaces.packets[0] + snapshot.other_interfaces.packets[0];
      uint64_t other = snapshot.other_interfaces.packets[0];
      size_t series = 0;
      for (const InterfaceView& interface : snapshot.interfaces) {
        sum += interface.packets[0];
        series += !interface.is_forgotten && interface.has_series;
        if (!interface.has_series) other += interface.packets[0];
        const InterfaceView* const last = Find(before, interface.name);
        if (last == nullptr || interface.is_forgotten || last->is_forgotten) continue;
        ASSERT_GE(interface.packets[0], last->packets[0]) << interface.name << " fell in round " << round;
      }
      ASSERT_EQ(sum, captured) << "seed " << seed << ", round " << round;
      ASSERT_LE(series, 3u);
      uint64_t other_before = before.other_interfaces.packets[0];
      for (const InterfaceView& interface : before.interfaces) {
        if (!interface.has_series) other_before += interface.packets[0];
      }
      ASSERT_GE(other, other_before);
      ASSERT_GE(snapshot.retired_interfaces.packets[0], before.retired_interfaces.packets[0]);
      before = snapshot;
    }
  }
}

}  // namespace
}  // namespace tcpgauge
