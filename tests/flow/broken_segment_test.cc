// SPDX-License-Identifier: Apache-2.0
// Segments whose TCP header is broken are counted and have no other effect.
#include <memory>
#include <vector>

#include "gtest/gtest.h"
#include "src/flow/connection_table.h"
#include "tests/support/segment.h"

namespace tcpgauge {
namespace {

const Endpoint kClient = At("10.0.0.1:40000");
const Endpoint kServer = At("10.0.0.2:80");

DecodedPacket Broken(const Endpoint& source, const Endpoint& destination, double seconds, uint32_t payload_bytes) {
  DecodedPacket packet = Segment(source, destination).Time(seconds).Payload(payload_bytes);
  packet.error = DecodeError::kTcpDataOffset;
  packet.tcp_flags = 0;
  packet.sequence_number = packet.acknowledgment_number = 0;
  packet.window = 0;
  return packet;
}

std::unique_ptr<ConnectionTable> TableOf(const std::vector<DecodedPacket>& packets, bool new_only = false) {
  TableOptions options;
  options.max_connections = 10;
  options.new_only = new_only;
  auto table = std::make_unique<ConnectionTable>(options, nullptr);
  table->Apply(packets);
  return table;
}

TEST(BrokenSegment, CountsWithoutAnEffectOnStateAndSequenceNumbers) {
  const auto table = TableOf({
      Segment(kClient, kServer).Time(0).Syn(1000),
      Segment(kServer, kClient).Time(0.1).Syn(5000).Ack(1001),
      Segment(kClient, kServer).Time(0.2).Seq(1001).Ack(5001),
      Segment(kClient, kServer).Time(0.3).Seq(1001).Ack(5001).Payload(100),
      Broken(kClient, kServer, 0.4, 44),
      Segment(kClient, kServer).Time(0.5).Seq(1101).Ack(5001).Payload(100),
  });
  ASSERT_EQ(table->size(), 1u);
  const ConnectionSummary summary = table->Summarize(0);
  EXPECT_EQ(summary.state, ConnectionState::kEstablished);
  EXPECT_EQ(summary.client_sent.packets, 5u);
  EXPECT_EQ(summary.client_sent.payload_bytes, 244u);
  EXPECT_EQ(summary.client_sent.retransmitted_segments, 0u);
  EXPECT_EQ(summary.client_sent.out_of_order_segments, 0u);
  EXPECT_EQ(summary.client_sent.zero_windows, 0u);
}

TEST(BrokenSegment, DoesNotAnswerASyn) {
  const auto table = TableOf({Segment(kClient, kServer).Time(0).Syn(1000), Broken(kServer, kClient, 0.1, 0)});
  ASSERT_EQ(table->size(), 1u);
  const ConnectionSummary summary = table->Summarize(0);
  EXPECT_EQ(summary.state, ConnectionState::kSynSent);
  EXPECT_EQ(summary.server_sent.packets, 1u);
}

TEST(BrokenSegment, MayBeTheFirstThatIsSeenOfAConnection) {
  const auto table = TableOf({Broken(kServer, kClient, 0, 7)});
  ASSERT_EQ(table->size(), 1u);
  const ConnectionSummary summary = table->Summarize(0);
  EXPECT_EQ(summary.client, kClient);
  EXPECT_EQ(summary.role, Role::kInferred);
  EXPECT_FALSE(summary.confirmed);
  EXPECT_EQ(summary.server_sent.payload_bytes, 7u);

  EXPECT_EQ(TableOf({Broken(kServer, kClient, 0, 7)}, true)->size(), 0u) << "no SYN was seen";
}

}  // namespace
}  // namespace tcpgauge
