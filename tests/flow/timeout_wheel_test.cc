// SPDX-License-Identifier: Apache-2.0
#include "src/flow/timeout_wheel.h"

#include <map>
#include <random>

#include "gtest/gtest.h"
#include "tests/support/segment.h"

namespace tcpgauge {
namespace {

class TimeoutWheelTest : public testing::Test {
 protected:
  static constexpr uint32_t kSlots = 1000;

  void Insert(TimeoutWheel* wheel, uint32_t slot, int64_t last_packet_ns) {
    records_[slot].last_packet_time_ns = last_packet_ns;
    wheel->Insert(slot);
  }
  // The next idle slot, with enough steps to find it.
  static uint32_t FindIdle(TimeoutWheel* wheel, int64_t now_ns) {
    int steps = 1000000;
    const uint32_t slot = wheel->FindIdle(now_ns, &steps);
    EXPECT_GT(steps, 0);
    return slot;
  }

  StableArray<ConnectionRecord> records_{kSlots};
  StableArray<ConnectionDetails> details_{kSlots};
};

TEST_F(TimeoutWheelTest, FindsAnIdleConnectionWithinA64thOfTheTimeout) {
  TimeoutWheel wheel(Seconds(64), &records_, &details_);
  Insert(&wheel, 7, TestTime(0.3));
  EXPECT_EQ(FindIdle(&wheel, TestTime(64.29)), TimeoutWheel::kNone);
  EXPECT_EQ(FindIdle(&wheel, TestTime(65.3)), 7);
  wheel.Remove(7);
  EXPECT_EQ(FindIdle(&wheel, TestTime(1000)), TimeoutWheel::kNone);
}

TEST_F(TimeoutWheelTest, APacketPutsTheTimeoutOff) {
  TimeoutWheel wheel(Seconds(64), &records_, &details_);
  Insert(&wheel, 7, TestTime(0));
  records_[7].last_packet_time_ns = TestTime(60);
  EXPECT_EQ(FindIdle(&wheel, TestTime(70)), TimeoutWheel::kNone);
  EXPECT_EQ(FindIdle(&wheel, TestTime(123.9)), TimeoutWheel::kNone);
  EXPECT_EQ(FindIdle(&wheel, TestTime(125)), 7);
}

TEST_F(TimeoutWheelTest, FindsAllWithinA64thAndNoneBeforeItsTime) {
  constexpr double kTimeout = 2;
  TimeoutWheel wheel(Seconds(kTimeout), &records_, &details_);
  std::mt19937 random(1);
  std::map<uint32_t, double> last;  // in test seconds
  double now = 0;
  for (int i = 0; i < 200000; ++i) {
    now += i % 5000 == 0 ? 3 : 0.001 * (random() % 10);
    const uint32_t slot = random() % kSlots;
    if (last.count(slot) == 0) {
      Insert(&wheel, slot, TestTime(now));
    } else {
      records_[slot].last_packet_time_ns = TestTime(now);
    }
    last[slot] = now;
    if (random() % 8 == 0 && last.size() > 500) {
      wheel.Remove(last.begin()->first);
      last.erase(last.begin());
    }
    for (uint32_t idle; (idle = FindIdle(&wheel, TestTime(now))) != TimeoutWheel::kNone;) {
      ASSERT_EQ(last.count(idle), 1);
      ASSERT_GE(now - last[idle], kTimeout - 1e-6);
      wheel.Remove(idle);
      last.erase(idle);
    }
    if (i % 100 != 0) continue;
    for (const auto& [live, time] : last) ASSERT_LE(now - time, kTimeout * 65 / 64 + 1e-6) << live;
  }
}

TEST_F(TimeoutWheelTest, TakesNoMoreThanItsSteps) {
  TimeoutWheel wheel(Seconds(64), &records_, &details_);
  for (uint32_t slot = 0; slot < 100; ++slot) {
    Insert(&wheel, slot, TestTime(0));
    records_[slot].last_packet_time_ns = TestTime(90);
  }
  int steps = 30;
  EXPECT_EQ(wheel.FindIdle(TestTime(100), &steps), TimeoutWheel::kNone);
  EXPECT_EQ(steps, 0);
  steps = 100;
  EXPECT_EQ(wheel.FindIdle(TestTime(100), &steps), TimeoutWheel::kNone);
  EXPECT_EQ(steps, 30);
}

TEST_F(TimeoutWheelTest, AJumpOfDecadesCostsAFewSteps) {
  TimeoutWheel wheel(Seconds(2), &records_, &details_);
  const int64_t decades_ns = 50LL * 365 * 86400 * 1000000000;
  Insert(&wheel, 0, 0);
  Insert(&wheel, 1, 5);
  records_[1].last_packet_time_ns = decades_ns;
  Insert(&wheel, 2, decades_ns - Seconds(1));
  int steps = 100;
  EXPECT_EQ(wheel.FindIdle(decades_ns, &steps), 0);
  wheel.Remove(0);
  EXPECT_EQ(wheel.FindIdle(decades_ns, &steps), TimeoutWheel::kNone);
  EXPECT_GT(steps, 0);
  EXPECT_EQ(wheel.FindIdle(decades_ns + Seconds(1.1), &steps), 2);
  wheel.Remove(2);
  EXPECT_EQ(wheel.FindIdle(decades_ns + Seconds(2.1), &steps), 1);
  EXPECT_GT(steps, 0);
}

TEST_F(TimeoutWheelTest, WorksUpToTheEndOfTime) {
  TimeoutWheel wheel(Seconds(3600), &records_, &details_);
  constexpr int64_t kEnd = INT64_MAX;
  Insert(&wheel, 3, kEnd - Seconds(3700));
  Insert(&wheel, 4, kEnd - Seconds(10));
  EXPECT_EQ(FindIdle(&wheel, kEnd), 3);
  wheel.Remove(3);
  EXPECT_EQ(FindIdle(&wheel, kEnd), TimeoutWheel::kNone);
}

TEST_F(TimeoutWheelTest, AConnectionThatComesLateDoesNotLoseItsPlace) {
  TimeoutWheel wheel(Seconds(64), &records_, &details_);
  Insert(&wheel, 1, TestTime(10));
  Insert(&wheel, 2, TestTime(9));  // its last packet is older, as after reordering
  EXPECT_EQ(FindIdle(&wheel, TestTime(73.9)), TimeoutWheel::kNone);
  int found = 0;
  for (uint32_t idle; (idle = FindIdle(&wheel, TestTime(75))) != TimeoutWheel::kNone; ++found) wheel.Remove(idle);
  EXPECT_EQ(found, 2);
}

TEST_F(TimeoutWheelTest, AnEmptyWheelHasNone) {
  TimeoutWheel wheel(Seconds(64), &records_, &details_);
  EXPECT_EQ(FindIdle(&wheel, TestTime(0)), TimeoutWheel::kNone);
  EXPECT_EQ(wheel.FindLongestIdle(64), TimeoutWheel::kNone);
}

TEST_F(TimeoutWheelTest, FindsTheLongestIdleToA64th) {
  TimeoutWheel wheel(Seconds(64), &records_, &details_);
  for (uint32_t slot = 0; slot < 50; ++slot) Insert(&wheel, slot, TestTime(slot));
  EXPECT_EQ(wheel.FindLongestIdle(64), 0);
  for (uint32_t slot = 0; slot < 10; ++slot) records_[slot].last_packet_time_ns = TestTime(60 + slot);
  EXPECT_EQ(wheel.FindLongestIdle(64), 10);
  wheel.Remove(10);
  EXPECT_EQ(wheel.FindLongestIdle(64), 11);
}

TEST_F(TimeoutWheelTest, LooksPastEmptyBucketsForTheLongestIdle) {
  TimeoutWheel wheel(Seconds(64), &records_, &details_);
  Insert(&wheel, 1, TestTime(0));
  Insert(&wheel, 2, TestTime(100));
  records_[1].last_packet_time_ns = TestTime(120);
  EXPECT_EQ(wheel.FindLongestIdle(64), 2);
}

TEST_F(TimeoutWheelTest, ASearchForTheLongestIdleDelaysNoTimeout) {
  TimeoutWheel wheel(Seconds(64), &records_, &details_);
  Insert(&wheel, 1, TestTime(0));
  records_[1].last_packet_time_ns = TestTime(50);
  EXPECT_EQ(wheel.FindLongestIdle(64), 1);
  Insert(&wheel, 3, TestTime(51));
  EXPECT_EQ(wheel.FindLongestIdle(64), 1);
  Insert(&wheel, 2, TestTime(10));  // as if it came from another wheel
  EXPECT_EQ(FindIdle(&wheel, TestTime(75.1)), 2);
}

TEST_F(TimeoutWheelTest, OfThoseLookedAtTakesTheLongestIdle) {
  TimeoutWheel wheel(Seconds(64), &records_, &details_);
  for (uint32_t slot = 0; slot < 100; ++slot) {
    Insert(&wheel, slot, TestTime(0));
    records_[slot].last_packet_time_ns = TestTime(20 + slot % 50);
  }
  const uint32_t found = wheel.FindLongestIdle(64);
  EXPECT_EQ(found % 50, 0) << found;
}

}  // namespace
}  // namespace tcpgauge
