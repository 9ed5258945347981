// SPDX-License-Identifier: Apache-2.0
#include "tui/meter.h"

#include <gtest/gtest.h>

#include "tests/tui/scripted_traffic.h"

namespace tcpgauge {
namespace {

ConnectionSummary Ssh() {
  ConnectionSummary view = ScriptedConnection(1, EndpointOf("192.0.2.1", 50000), EndpointOf("192.0.2.2", 22), 10, 20);
  view.start_time_ns = kScriptStartNs;
  view.last_packet_time_ns = kScriptStartNs + 2 * kNanosecondsPerSecond;
  view.client_sent.payload_bytes = 1000;
  view.server_sent.payload_bytes = 4000;
  view.client_sent.retransmitted_segments = 3;
  view.server_sent.retransmitted_segments = 4;
  return view;
}

constexpr int64_t kNow = kScriptStartNs + 10 * kNanosecondsPerSecond;

TEST(Meter, RatesAreTheSnapshotsByDefault) {
  const Measures measures = Meter().Of(Ssh(), kNow);
  EXPECT_EQ(measures.up_bytes_per_second, 10);
  EXPECT_EQ(measures.bytes_per_second(), 30);
  EXPECT_EQ(measures.bytes(), 5000u);
  EXPECT_EQ(measures.retransmitted_segments, 7u);
}

TEST(Meter, TheAverageIsOverTheLifetime) {
  Meter meter;
  meter.set_averaging(Averaging::kLifetime);
  ConnectionSummary view = Ssh();
  EXPECT_EQ(meter.Of(view, kNow).up_bytes_per_second, 100);
  view.state = ConnectionState::kClosed;
  EXPECT_EQ(meter.Of(view, kNow).up_bytes_per_second, 500) << "up to its last packet once it ended";
  view.last_packet_time_ns = view.start_time_ns;
  EXPECT_EQ(meter.Of(view, kNow).up_bytes_per_second, 1000) << "a burst counts as one second";
}

TEST(Meter, TheAverageOverSecondsIsThatOfTheHistory) {
  RateHistory history;
  Snapshot snapshot;
  for (int second = 1; second <= 20; ++second) {
    snapshot.connections = {Ssh()};
    snapshot.connections[0].client_sent.payload_bytes_per_second = second;
    snapshot.time_ns = kScriptStartNs + second * kNanosecondsPerSecond;
    history.Record(snapshot);
  }
  Meter meter(&history);
  meter.set_averaging(Averaging::kTwoSeconds);
  EXPECT_EQ(meter.Of(Ssh(), snapshot.time_ns).up_bytes_per_second, 19.5);
  EXPECT_EQ(meter.Of(Ssh(), snapshot.time_ns).down_bytes_per_second, 20);
  meter.set_averaging(Averaging::kTenSeconds);
  EXPECT_EQ(meter.Of(Ssh(), snapshot.time_ns).up_bytes_per_second, 15.5);
  meter.set_averaging(Averaging::kFortySeconds);
  EXPECT_EQ(meter.Of(Ssh(), snapshot.time_ns).up_bytes_per_second, 10.5) << "over what was recorded";
  ConnectionSummary other = Ssh();
  other.id = 2;
  EXPECT_EQ(meter.Of(other, snapshot.time_ns).up_bytes_per_second, 10) << "without a history, over the rate window";
}

TEST(Meter, TotalsCountFromTheirReset) {
  Snapshot snapshot;
  snapshot.connections = {Ssh()};
  Meter meter;
  meter.ResetTotals(snapshot);
  ConnectionSummary view = Ssh();
  view.server_sent.payload_bytes += 70;
  view.client_sent.retransmitted_segments += 1;
  EXPECT_EQ(meter.Of(view, kNow).up_bytes, 0u);
  EXPECT_EQ(meter.Of(view, kNow).down_bytes, 70u);
  EXPECT_EQ(meter.Of(view, kNow).retransmitted_segments, 1u);
  view.id = 2;
  EXPECT_EQ(meter.Of(view, kNow).down_bytes, 4070u) << "one that came after the reset";
}

}  // namespace
}  // namespace tcpgauge
