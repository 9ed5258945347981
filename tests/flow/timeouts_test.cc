// SPDX-License-Identifier: Apache-2.0
#include "src/flow/timeouts.h"

#include <vector>

#include "gtest/gtest.h"
#include "tests/support/segment.h"

namespace tcpgauge {
namespace {

class TimeoutsTest : public testing::Test {
 protected:
  void Insert(uint32_t slot, ConnectionState state, double seconds, bool confirmed = true) {
    records_[slot].state = state;
    records_[slot].last_packet_time_ns = TestTime(seconds);
    if (confirmed) records_[slot].set(ConnectionRecord::kConfirmed);
    if (state == ConnectionState::kClosing) SetFins(slot, 2);
    timeouts_.Insert(slot);
  }
  void SetFins(uint32_t slot, int ends) {
    for (int i = 0; i < ends; ++i) records_[slot].ends[i].set(EndRecord::kFinSeen);
  }
  void Become(uint32_t slot, ConnectionState state, double seconds) {
    records_[slot].state = state;
    records_[slot].last_packet_time_ns = TestTime(seconds);
    if (state == ConnectionState::kClosing) SetFins(slot, 2);
    timeouts_.Update(slot);
  }
  uint32_t FindIdle(double seconds) {
    int steps = 1000;
    return timeouts_.FindIdle(TestTime(seconds), &steps);
  }
  std::vector<uint32_t> FromTheLeastUseful() {
    std::vector<uint32_t> slots;
    for (uint32_t slot; (slot = timeouts_.FindLeastUseful()) != Timeouts::kNone; timeouts_.Remove(slot)) {
      slots.push_back(slot);
    }
    return slots;
  }

  StableArray<ConnectionRecord> records_{100};
  StableArray<ConnectionDetails> details_{100};
  // By TimeoutClass: three for handshakes, then unconfirmed, established, closing, finished.
  Timeouts timeouts_{{Seconds(35), Seconds(66), Seconds(127), Seconds(60), Seconds(3600), Seconds(60), Seconds(2)},
                     &records_,
                     &details_};
};

TEST_F(TimeoutsTest, EachClassHasItsTimeout) {
  Insert(1, ConnectionState::kSynSent, 0);
  Insert(2, ConnectionState::kEstablished, 0, false);
  Insert(3, ConnectionState::kEstablished, 0);
  Insert(4, ConnectionState::kClosing, 0);
  Insert(5, ConnectionState::kClosed, 0);
  Insert(6, ConnectionState::kSynReceived, 0);
  records_[7].handshake_class = TimeoutClass::kBackedOffHandshake;
  Insert(7, ConnectionState::kSynSent, 0);
  const struct {
    double seconds;
    uint32_t slot;
  } kExpected[] = {{2.1, 5}, {36, 1}, {62, 2}, {62, 4}, {68, 7}, {129, 6}, {3700, 3}};
  for (const auto& expected : kExpected) {
    EXPECT_EQ(FindIdle(expected.seconds), expected.slot);
    timeouts_.Remove(expected.slot);
  }
  EXPECT_EQ(FindIdle(1e6), Timeouts::kNone);
}

TEST_F(TimeoutsTest, AHalfClosedConnectionHasTheTimeoutOfAnEstablishedOne) {
  Insert(1, ConnectionState::kEstablished, 0);
  Insert(2, ConnectionState::kEstablished, 0, false);
  for (const uint32_t slot : {1, 2}) {
    records_[slot].state = ConnectionState::kClosing;
    SetFins(slot, 1);
    timeouts_.Update(slot);
  }
  EXPECT_EQ(FindIdle(62), 2);
  timeouts_.Remove(2);
  EXPECT_EQ(FindIdle(62), Timeouts::kNone);
  EXPECT_EQ(FindIdle(3700), 1);
}

TEST_F(TimeoutsTest, AShorterTimeoutHoldsAtOnceAndALongerOneFromWhereItIsFound) {
  Insert(1, ConnectionState::kSynSent, 0);
  Become(1, ConnectionState::kEstablished, 1);
  EXPECT_EQ(FindIdle(100), Timeouts::kNone);
  Become(1, ConnectionState::kReset, 100);
  EXPECT_EQ(FindIdle(102.1), 1);
}

TEST_F(TimeoutsTest, ALongerTimeoutIsNotLateWhereOthersBeganLater) {
  Insert(1, ConnectionState::kSynSent, 0);
  Become(1, ConnectionState::kClosing, 0);
  Insert(2, ConnectionState::kClosing, 36);
  EXPECT_EQ(FindIdle(36), Timeouts::kNone);
  EXPECT_EQ(FindIdle(61), 1);
}

TEST_F(TimeoutsTest, TheLeastUsefulIsFoundInWhateverWheelItWaits) {
  Insert(1, ConnectionState::kSynSent, 1);
  Become(1, ConnectionState::kEstablished, 1);
  Insert(2, ConnectionState::kEstablished, 2);
  Become(2, ConnectionState::kClosing, 2);
  Insert(3, ConnectionState::kClosing, 3);
  Become(3, ConnectionState::kClosed, 3);
  Insert(4, ConnectionState::kReset, 4);
  Become(4, ConnectionState::kSynSent, 4);
  Insert(5, ConnectionState::kEstablished, 5, false);
  EXPECT_EQ(FromTheLeastUseful(), std::vector<uint32_t>({4, 5, 3, 2, 1}));
}

}  // namespace
}  // namespace tcpgauge
