// SPDX-License-Identifier: Apache-2.0
// A connection is the same whether its first SYN was kept as an embryo or as a record. The table keeps a SYN that asks
// for ECN as a record.
#include "src/flow/fill_record.h"

#include <functional>
#include <string>
#include <tuple>
#include <vector>

#include "src/flow/connection_table.h"
#include "tests/flow/table_test.h"

namespace tcpgauge {
namespace {

auto AllOf(const DirectionSummary& sent) {
  return std::make_tuple(sent.packets, sent.payload_bytes, sent.ip_bytes, sent.retransmitted_segments,
                         sent.out_of_order_segments, sent.zero_windows);
}

auto AllOf(const ConnectionSummary& summary) {
  return std::make_tuple(summary.id, summary.client, summary.server, AllOf(summary.client_sent),
                         AllOf(summary.server_sent), summary.encapsulation, summary.interface, summary.state,
                         summary.role, summary.confirmed, summary.start_time_ns, summary.last_packet_time_ns,
                         summary.server_rtt_ns, summary.client_rtt_ns, summary.handshake_rtt_ns, summary.rtt_ns,
                         summary.server_min_rtt_ns, summary.client_min_rtt_ns);
}

class FillRecordTest : public TableTest {
 protected:
  struct Case {
    std::string name;
    std::vector<Segment> segments;  // after the SYN
  };

  // Segments that may follow the SYN, on the SYN's interface and on another.
  std::vector<Case> Cases() const {
    const auto c = [this] { return FromClient().On(3); };
    const auto s = [this] { return FromServer().On(3); };
    return {
        {"handshake and payload",
         {s().Syn(5000).Ack(1001).Time(0.02), c().Seq(1001).Ack(5001).Time(0.03),
          c().Seq(1001).Ack(5001).Payload(100).Time(0.04), s().Seq(5001).Ack(1101).Payload(10).Time(0.06)}},
        {"SYN again, and the answer to it", {c().Syn(1000).Time(1), s().Syn(5000).Ack(1001).Time(1.02)}},
        {"refused", {s().Seq(0).Ack(1001).Rst().Time(0.01)}},
        {"reset by the client", {c().Seq(1001).Rst().Time(0.01)}},
        {"simultaneous open", {s().Syn(5000).Time(0.01), c().Syn(1000).Ack(5001).Time(0.02)}},
        {"an acknowledgment that is none", {s().Seq(7).Ack(8).Time(0.01)}},
        {"payload that was sent with the SYN lost", {c().Seq(1001).Ack(5001).Payload(5).Time(0.02)}},
        {"another SYN", {c().Syn(9000).Time(0.5), s().Syn(5000).Ack(9001).Time(0.6)}},
        {"on another interface", {FromClient().Syn(1000).On(4).Time(0.1), s().Syn(5000).Ack(1001).Time(0.2)}},
        {"on another interface after a while", {FromClient().Syn(1000).On(4).Time(1.5)}},
    };
  }
};

TEST_F(FillRecordTest, MakesWhatTheTableWouldHaveMadeOfTheSyn) {
  for (const bool client_is_b : {false, true}) {
    if (client_is_b) std::swap(client_, server_);
    for (const Case& one : Cases()) {
      ConnectionTable of_embryo(options_, nullptr);
      ConnectionTable of_record(options_, nullptr);
      const Segment syn = FromClient().On(3).Syn(1000).Vlan(7);
      const Segment ecn_syn = FromClient().On(3).Syn(1000).Vlan(7).Flags(kTcpSyn | kTcpEce | kTcpCwr);
      of_embryo.Apply({&syn.packet(), 1});
      of_record.Apply({&ecn_syn.packet(), 1});
      ASSERT_EQ(of_embryo.record_limit(), 0) << "an embryo";
      ASSERT_EQ(of_record.record_limit(), 1) << "a record";
      for (size_t i = 0; i < one.segments.size(); ++i) {
        Segment segment = one.segments[i];
        segment.Vlan(7);
        of_embryo.Apply({&segment.packet(), 1});
        of_record.Apply({&segment.packet(), 1});
        ASSERT_EQ(of_embryo.size(), of_record.size()) << one.name << " " << i;
        if (!of_embryo.IsInUse(0)) continue;  // the last SYN began a new connection, an embryo
        EXPECT_EQ(AllOf(of_embryo.Summarize(0)), AllOf(of_record.Summarize(0))) << one.name << " " << i;
      }
      EXPECT_EQ(of_embryo.totals().connections, of_record.totals().connections) << one.name;
      EXPECT_EQ(of_embryo.totals().closed, of_record.totals().closed) << one.name;
      EXPECT_EQ(of_embryo.totals().opened_handshake, of_record.totals().opened_handshake) << one.name;
      EXPECT_EQ(of_embryo.duplicate_packets(4, DuplicateKind::kInterface),
                of_record.duplicate_packets(4, DuplicateKind::kInterface))
          << one.name;
      // Both are in a wheel, so both time out.
      for (ConnectionTable* table : {&of_embryo, &of_record}) {
        while (!table->AdvanceTime(TestTime(10000))) {
        }
        EXPECT_EQ(table->size(), 0) << one.name;
      }
      EXPECT_EQ(of_embryo.totals().closed, of_record.totals().closed) << one.name;
    }
  }
}

}  // namespace
}  // namespace tcpgauge
