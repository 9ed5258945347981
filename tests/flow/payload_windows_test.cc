// SPDX-License-Identifier: Apache-2.0
#include "src/flow/payload_windows.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <random>
#include <vector>

#include "gtest/gtest.h"
#include "src/base/time_units.h"
#include "src/flow/connection_record.h"
#include "src/flow/payload_marks.h"
#include "src/net/connection_key.h"

namespace tcpgauge {
namespace {

constexpr int64_t kSecond = kNanosecondsPerSecond;
constexpr int64_t kBegin = 1700000000 * kSecond;

// One connection, whose packets are counted as ConnectionTable does.
class OneConnection {
 public:
  OneConnection(int64_t tick_ns, int64_t window_ns) : windows_(1, tick_ns, window_ns, 60 * kSecond) {
    record_.last_packet_time_ns = kBegin;
    windows_.Clear(0);
  }

  void Send(End sender, uint64_t bytes, double seconds) {
    const int64_t time_ns = At(seconds);
    windows_.Advance(record_, time_ns, &marks_);
    record_.last_packet_time_ns = std::max(record_.last_packet_time_ns, time_ns);
    record_.end(sender).payload_bytes += bytes;
    if (bytes > 0) windows_.Add(0, sender, bytes, time_ns);
  }
  double Rate(End sender, double seconds) const { return windows_.Rate(0, sender, record_, marks_, At(seconds)); }
  uint64_t Weight(double seconds) const { return windows_.Weight(record_, marks_, At(seconds)); }

 private:
  static int64_t At(double seconds) { return kBegin + std::llround(seconds * 1e9); }

  ConnectionRecord record_ = {};
  PayloadMarks marks_ = {};
  PayloadWindows windows_;
};

TEST(PayloadWindows, ARateIsThatOfTheLastFullSecond) {
  OneConnection connection(kSecond, kSecond);
  connection.Send(End::kA, 100, 0.1);
  connection.Send(End::kB, 7, 0.5);
  connection.Send(End::kA, 200, 0.9);
  EXPECT_EQ(connection.Rate(End::kA, 0.99), 0);
  EXPECT_EQ(connection.Rate(End::kA, 1), 300);
  EXPECT_EQ(connection.Rate(End::kB, 1.99), 7);
  EXPECT_EQ(connection.Rate(End::kA, 2), 0);
  connection.Send(End::kA, 1000, 1.5);
  EXPECT_EQ(connection.Rate(End::kA, 1.6), 300);
  EXPECT_EQ(connection.Rate(End::kA, 2), 1000);
  connection.Send(End::kA, 0, 2.1);
  EXPECT_EQ(connection.Rate(End::kA, 1.6), 300) << "a reader that is late asks for the second before";
  EXPECT_EQ(connection.Rate(End::kA, 2.1), 1000);
  EXPECT_EQ(connection.Rate(End::kA, 3.1), 0);
}

TEST(PayloadWindows, AfterASilenceTheOldSecondsAreOver) {
  for (const double silence : {2, 3, 100}) {
    OneConnection connection(kSecond, kSecond);
    connection.Send(End::kA, 100, 0.1);
    connection.Send(End::kA, 5, silence);
    EXPECT_EQ(connection.Rate(End::kA, silence), 0);
    EXPECT_EQ(connection.Rate(End::kA, silence - 1), silence == 2 ? 100 : 0);
    EXPECT_EQ(connection.Rate(End::kA, silence + 1), 5);
  }
}

TEST(PayloadWindows, APacketThatIsLateCountsInTheLatestSecond) {
  OneConnection connection(kSecond, kSecond);
  connection.Send(End::kA, 100, 1.1);
  connection.Send(End::kA, 10, 0.9);
  EXPECT_EQ(connection.Rate(End::kA, 2), 110);
}

TEST(PayloadWindows, ARateMayBeGreaterThan32BitsTell) {
  OneConnection connection(kSecond, kSecond);
  constexpr uint64_t kBytes = uint64_t{100} << 30;
  connection.Send(End::kA, kBytes, 0.1);
  EXPECT_EQ(connection.Rate(End::kA, 1), static_cast<double>(kBytes));
  connection.Send(End::kA, 1, 1.1);
  EXPECT_EQ(connection.Rate(End::kA, 1), static_cast<double>(kBytes));
}

TEST(PayloadWindows, RatesOfRandomTrafficAreThoseOfItsSeconds) {
  std::mt19937_64 random(1);
  for (int run = 0; run < 20; ++run) {
    std::vector<double> seconds(200);
    for (double& time : seconds) time = static_cast<double>(random() % 20000) / 1000;
    std::sort(seconds.begin(), seconds.end());
    OneConnection connection(kSecond, kSecond);
    std::vector<uint64_t> of_second(21);
    for (const double time : seconds) {
      const uint64_t bytes = random() % 3000;
      connection.Send(End::kB, bytes, time);
      of_second[static_cast<size_t>(time)] += bytes;
      const auto second = static_cast<size_t>(time);
      if (second >= 1) {
        EXPECT_EQ(connection.Rate(End::kB, time), static_cast<double>(of_second[second - 1]));
      }
      if (second >= 2) {
        EXPECT_EQ(connection.Rate(End::kB, time - 1), static_cast<double>(of_second[second - 2]));
      }
    }
  }
}

TEST(PayloadWindows, LongerAndOverlappingWindowsAreKeptToo) {
  OneConnection long_window(kSecond, 4 * kSecond);
  OneConnection fast(kSecond / 10, kSecond);
  for (OneConnection* const connection : {&long_window, &fast}) {
    connection->Send(End::kA, 400, 0.05);
    connection->Send(End::kA, 800, 0.95);
  }
  EXPECT_EQ(long_window.Rate(End::kA, 1), 300);
  EXPECT_EQ(long_window.Rate(End::kA, 3.5), 300);
  EXPECT_EQ(fast.Rate(End::kA, 0.5), 400);
  EXPECT_EQ(fast.Rate(End::kA, 1.1), 800);
}

TEST(PayloadWindows, AWeightIsWhatWasSentLately) {
  OneConnection connection(kSecond, kSecond);
  connection.Send(End::kA, 100, 0.1);
  connection.Send(End::kB, 200, 0.5);
  EXPECT_EQ(connection.Weight(0.9), 300u);
  EXPECT_EQ(connection.Weight(30), static_cast<uint64_t>(300 * std::exp(-0.5)));
  EXPECT_EQ(connection.Weight(61), 0u) << "without a packet for a window";
  connection.Send(End::kA, 50, 30);
  EXPECT_EQ(connection.Weight(30), static_cast<uint64_t>(300 * std::exp(-0.5)) + 50);
  connection.Send(End::kA, 7, 1000);
  EXPECT_EQ(connection.Weight(1000), 7u);
}

TEST(PayloadWindows, AtAConstantRateTheWeightIsThePayloadOfAWindow) {
  for (const int64_t tick_ns : {kSecond, kSecond / 10}) {
    OneConnection connection(tick_ns, kSecond);
    for (int tenth = 0; tenth < 6000; ++tenth) connection.Send(End::kA, 100, tenth / 10.0);
    EXPECT_NEAR(static_cast<double>(connection.Weight(600)), 60000, 1000);
  }
}

}  // namespace
}  // namespace tcpgauge
