// SPDX-License-Identifier: Apache-2.0
#include "src/capture/capture_clock.h"

#include "gtest/gtest.h"
#include "tests/support/hand_moved_clock.h"

namespace tcpgauge {
namespace {

constexpr int64_t kSecondNs = kNanosecondsPerSecond;
constexpr int64_t kHourNs = 3600 * kSecondNs;

class CaptureClockTest : public testing::Test {
 protected:
  void Pass(int64_t ns) {
    clock_.Move(ns);
    capture_.Update();
  }
  // Both return nanoseconds since the start.
  int64_t Now() const { return capture_.now_ns() - start_ns_; }
  int64_t OfPacketStampedNow() const { return capture_.OfPacket(clock_.WallNanoseconds()) - start_ns_; }

  HandMovedClock clock_;
  const int64_t start_ns_ = clock_.WallNanoseconds();
  CaptureClock capture_{&clock_};
};

TEST_F(CaptureClockTest, IsTheWallClockUntilThatIsSet) {
  Pass(5 * kSecondNs);
  EXPECT_EQ(Now(), 5 * kSecondNs);
  EXPECT_EQ(OfPacketStampedNow(), 5 * kSecondNs);
  EXPECT_EQ(capture_.stepped_ns(), 0);
}

TEST_F(CaptureClockTest, GoesOnSteadilyWhenTheWallClockIsSet) {
  int64_t passed_ns = 0;
  int64_t stepped_ns = 0;
  for (const int64_t step_ns : {kHourNs, -kHourNs, -kHourNs, 24 * 365 * kHourNs, -kSecondNs}) {
    clock_.StepWall(step_ns);
    stepped_ns += step_ns;
    for (int i = 0; i < 100; ++i) {
      Pass(kSecondNs);
      passed_ns += kSecondNs;
      ASSERT_EQ(Now(), passed_ns);
      ASSERT_EQ(OfPacketStampedNow(), passed_ns);
      ASSERT_EQ(capture_.stepped_ns(), stepped_ns);
    }
  }
}

TEST_F(CaptureClockTest, APacketStampedBeforeTheStepKeepsItsTime) {
  for (const int64_t step_ns : {kHourNs, -kHourNs}) {
    const int64_t stamped_ns = clock_.WallNanoseconds();
    const int64_t expected_ns = OfPacketStampedNow();
    clock_.StepWall(step_ns);
    Pass(kSecondNs / 10);
    EXPECT_EQ(capture_.OfPacket(stamped_ns) - start_ns_, expected_ns);
    Pass(100 * kSecondNs);
  }
}

TEST_F(CaptureClockTest, FollowsAClockThatIsSlewed) {
  for (int i = 0; i < 10000; ++i) {
    clock_.StepWall(kSecondNs / 2000);  // 500 ppm, as adjtimex(2) does
    Pass(kSecondNs);
  }
  EXPECT_EQ(Now(), 10000 * kSecondNs + 5 * kSecondNs);
  EXPECT_EQ(capture_.stepped_ns(), 0);
}

}  // namespace
}  // namespace tcpgauge
