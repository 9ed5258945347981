// SPDX-License-Identifier: Apache-2.0
#include "src/flow/state_facts.h"

#include "gtest/gtest.h"
#include "tests/support/segment.h"

namespace tcpgauge {
namespace {

// Each end sent a FIN that ends at 0 (modulo 2^32), and acknowledged the FIN of the other.
ConnectionRecord Closed() {
  ConnectionRecord record = {};
  for (EndRecord& end : record.ends) {
    end.set(EndRecord::kFinSeen);
    end.set(EndRecord::kAckSeen);
    end.next_sequence = 0;
    end.last_acknowledgment = 0;
  }
  return record;
}

ConnectionRecord InState(ConnectionState state) {
  ConnectionRecord record = {};
  record.state = state;
  return record;
}

TEST(StateFacts, ReadsFlagsAndPayloadOfASegment) {
  const Segment segment(At("10.0.0.1:40000"), At("10.0.0.2:80"));
  const auto facts = [&segment](uint8_t flags) { return FactsOf(Segment(segment).Flags(flags).packet()); };
  EXPECT_FALSE(facts(0).syn || facts(0).ack || facts(0).fin || facts(0).rst || facts(0).has_payload);
  EXPECT_TRUE(facts(kTcpSyn).syn);
  EXPECT_TRUE(facts(kTcpAck).ack);
  EXPECT_TRUE(facts(kTcpFin).fin);
  EXPECT_TRUE(facts(kTcpRst).rst);
  EXPECT_TRUE(FactsOf(Segment(segment).Payload(1).packet()).has_payload);
}

TEST(StateFacts, BothFinsAreAcknowledgedUpToTheirEndModulo32Bits) {
  EXPECT_TRUE(BothFinsAcknowledged(Closed()));
  for (int i = 0; i < 2; ++i) {
    ConnectionRecord record = Closed();
    record.ends[i].last_acknowledgment = UINT32_MAX;
    EXPECT_FALSE(BothFinsAcknowledged(record)) << "the FIN is not acknowledged";
    record = Closed();
    record.ends[i].last_acknowledgment = 1;
    EXPECT_TRUE(BothFinsAcknowledged(record)) << "more than the FIN is acknowledged";
    record = Closed();
    record.ends[i].clear(EndRecord::kFinSeen);
    EXPECT_FALSE(BothFinsAcknowledged(record)) << "no FIN";
    record = Closed();
    record.ends[i].clear(EndRecord::kAckSeen);
    EXPECT_FALSE(BothFinsAcknowledged(record)) << "no acknowledgment";
  }
}

TEST(StateFacts, TheStateGivesTheReasonOfAnEnd) {
  EXPECT_EQ(EndReasonOf(InState(ConnectionState::kSynSent)), EndReason::kHandshakeTimeout);
  EXPECT_EQ(EndReasonOf(InState(ConnectionState::kSynReceived)), EndReason::kHandshakeTimeout);
  EXPECT_EQ(EndReasonOf(InState(ConnectionState::kEstablished)), EndReason::kIdleTimeout);
  EXPECT_EQ(EndReasonOf(InState(ConnectionState::kClosing)), EndReason::kFin);
  EXPECT_EQ(EndReasonOf(InState(ConnectionState::kClosed)), EndReason::kFin);
  EXPECT_EQ(EndReasonOf(InState(ConnectionState::kReset)), EndReason::kReset);
  ConnectionRecord refused = InState(ConnectionState::kReset);
  refused.set(ConnectionRecord::kRefused);
  EXPECT_EQ(EndReasonOf(refused), EndReason::kRefused);
}

}  // namespace
}  // namespace tcpgauge
