// SPDX-License-Identifier: Apache-2.0
#include "src/flow/totals.h"

#include "gtest/gtest.h"

namespace tcpgauge {
namespace {

TEST(Totals, AddsUpEveryField) {
  Totals one;
  one.client_payload_bytes = 1;
  one.server_payload_bytes = 2;
  one.client_retransmitted_segments = 3;
  one.server_retransmitted_segments = 4;
  one.out_of_order_segments = 5;
  one.segments = 11;
  one.syn_retransmissions = 12;
  one.zero_windows = 6;
  one.keep_alives = 9;
  one.window_probes = 10;
  one.resets_ignored = 11;
  one.late_segments = 12;
  one.opened_handshake = 7;
  one.opened_midstream = 8;
  one.closed = {1, 2, 3, 4, 5, 6};
  one.connections = {6, 5, 4, 3, 2, 1};
  one.handshake_rtt_seconds.Observe(0.01);
  one.connection_duration_seconds.Observe(2);
  one.connection_payload_bytes.Observe(3);
  Totals sum = one;
  sum.Add(one);
  EXPECT_EQ(sum.client_payload_bytes, 2);
  EXPECT_EQ(sum.server_payload_bytes, 4);
  EXPECT_EQ(sum.client_retransmitted_segments, 6);
  EXPECT_EQ(sum.server_retransmitted_segments, 8);
  EXPECT_EQ(sum.out_of_order_segments, 10);
  EXPECT_EQ(sum.segments, 22);
  EXPECT_EQ(sum.syn_retransmissions, 24);
  EXPECT_EQ(sum.zero_windows, 12);
  EXPECT_EQ(sum.keep_alives, 18);
  EXPECT_EQ(sum.window_probes, 20);
  EXPECT_EQ(sum.resets_ignored, 22);
  EXPECT_EQ(sum.late_segments, 24);
  EXPECT_EQ(sum.opened_handshake, 14);
  EXPECT_EQ(sum.opened_midstream, 16);
  EXPECT_EQ(sum.closed, (std::array<uint64_t, 6>{2, 4, 6, 8, 10, 12}));
  EXPECT_EQ(sum.connections, (std::array<uint64_t, 6>{12, 10, 8, 6, 4, 2}));
  EXPECT_DOUBLE_EQ(sum.handshake_rtt_seconds.sum, 0.02);
  EXPECT_DOUBLE_EQ(sum.connection_duration_seconds.sum, 4);
  EXPECT_DOUBLE_EQ(sum.connection_payload_bytes.sum, 6);
}

}  // namespace
}  // namespace tcpgauge
