// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TESTS_FLOW_TABLE_TEST_H_
#define TCPGAUGE_TESTS_FLOW_TABLE_TEST_H_

#include <memory>
#include <vector>

#include "gtest/gtest.h"
#include "src/flow/connection_table.h"
#include "tests/support/edge_sums.h"
#include "tests/support/segment.h"

namespace tcpgauge {

// A fixture with a connection table, a client and a server. Connections that leave the table are appended to `ended_`.
// After each test, ExpectTotalsAddUp() and ExpectEdgesAddUp() are called.
class TableTest : public testing::Test, public EndedConnectionSink {
 protected:
  TableTest() { options_.max_connections = 100; }
  void TearDown() override {
    ExpectTotalsAddUp();
    ExpectEdgesAddUp();
  }

  // Returns the table. The first call makes it with `options_`, so a test changes `options_` before its first call.
  ConnectionTable& table() {
    if (table_ == nullptr) table_ = std::make_unique<ConnectionTable>(options_, this);
    return *table_;
  }

  // FromClient() returns a segment from the client to the server, FromServer() one in the other direction. Neither has
  // flags or numbers yet: the test adds them.
  Segment FromClient() const { return Segment(client_, server_); }
  Segment FromServer() const { return Segment(server_, client_); }

  // Gives `segment` to the table, as a batch of its own.
  void Feed(const Segment& segment) { table().Apply({&segment.packet(), 1}); }

  // Feeds a SYN at TestTime(`seconds`), a SYN-ACK 20 ms after the SYN, and an ACK 10 ms after the SYN-ACK. With
  // the default arguments the next sequence number of the client is 1001, and that of the server 5001.
  void Handshake(double seconds = 0, uint32_t client_sequence = 1000, uint32_t server_sequence = 5000) {
    Feed(FromClient().Syn(client_sequence).Time(seconds));
    Feed(FromServer().Syn(server_sequence).Ack(client_sequence + 1).Time(seconds + 0.020));
    Feed(FromClient().Seq(client_sequence + 1).Ack(server_sequence + 1).Time(seconds + 0.030));
  }
  // Feeds both FINs and their acknowledgments, all at TestTime(`seconds`). REQUIRES: Handshake() was called with
  // the default sequence numbers, and neither end has sent payload since.
  void Close(double seconds) {
    Feed(FromClient().Seq(1001).Ack(5001).Fin().Time(seconds));
    Feed(FromServer().Seq(5001).Ack(1002).Fin().Time(seconds));
    Feed(FromClient().Seq(1002).Ack(5002).Time(seconds));
  }

  // Moves table time to TestTime(`seconds`), and lets the table end all connections that have timed out by that time.
  // Calls AdvanceTime() repeatedly, because the work of one call is bounded.
  void Advance(double seconds) {
    for (int i = 0; !table().AdvanceTime(TestTime(seconds)); ++i) ASSERT_LT(i, 1000000);
  }

  // Returns all connections in the table, also embryos and unconfirmed ones.
  std::vector<ConnectionSummary> Live() {
    std::vector<ConnectionSummary> live;
    const auto add = [&](uint32_t begin, uint32_t end) {
      for (uint32_t slot = begin; slot < end; ++slot) {
        if (table().IsInUse(slot)) live.push_back(table().Summarize(slot));
      }
    };
    add(0, table().record_limit());
    add(ConnectionTable::kEmbryoSlots, table().embryo_limit());
    EXPECT_EQ(live.size(), table().size());
    return live;
  }
  // Returns the only connection in the table. If there is not exactly one, the test fails.
  ConnectionSummary Only() {
    const auto live = Live();
    EXPECT_EQ(live.size(), 1);
    return live.empty() ? ConnectionSummary() : live[0];
  }
  ConnectionState State() { return Only().state; }

  // REQUIRES: a connection has ended.
  const EndedConnection& LastEnded() const { return ended_.back(); }
  // The table's own totals: ended connections by reason, and live ones by state.
  uint64_t Closed(EndReason reason) { return table().totals().closed[static_cast<size_t>(reason)]; }
  uint64_t Connections(ConnectionState state) { return table().totals().connections[static_cast<size_t>(state)]; }

  void OnConnectionEnded(const EndedConnection& connection) override { ended_.push_back(connection); }

  // Expects that the table's totals are the sum over all confirmed connections in the table and all connections that
  // have left it.
  void ExpectTotalsAddUp() {
    Totals sum;
    uint64_t responses = 0;
    const auto add = [&sum, &responses](const ConnectionSummary& summary) {
      sum.client_payload_bytes += summary.client_sent.payload_bytes;
      sum.server_payload_bytes += summary.server_sent.payload_bytes;
      sum.client_retransmitted_segments += summary.client_sent.retransmitted_segments;
      sum.server_retransmitted_segments += summary.server_sent.retransmitted_segments;
      sum.out_of_order_segments +=
          summary.client_sent.out_of_order_segments + summary.server_sent.out_of_order_segments;
      sum.zero_windows += summary.client_sent.zero_windows + summary.server_sent.zero_windows;
      if (summary.confirmed) ++sum.opened_handshake;
      responses += summary.responses;
    };
    for (const ConnectionSummary& live : Live()) {
      if (!live.confirmed) continue;
      add(live);
      ++sum.connections[static_cast<size_t>(live.state)];
    }
    for (const EndedConnection& ended : ended_) {
      add(ended.summary);
      if (ended.summary.confirmed && ended.reason) ++sum.closed[static_cast<size_t>(*ended.reason)];
    }
    const Totals& totals = table().totals();
    EXPECT_EQ(totals.client_payload_bytes, sum.client_payload_bytes);
    EXPECT_EQ(totals.server_payload_bytes, sum.server_payload_bytes);
    EXPECT_EQ(totals.client_retransmitted_segments, sum.client_retransmitted_segments);
    EXPECT_EQ(totals.server_retransmitted_segments, sum.server_retransmitted_segments);
    EXPECT_EQ(totals.out_of_order_segments, sum.out_of_order_segments);
    EXPECT_EQ(totals.zero_windows, sum.zero_windows);
    EXPECT_EQ(totals.opened_handshake + totals.opened_midstream, sum.opened_handshake);
    EXPECT_EQ(totals.connections, sum.connections);
    EXPECT_EQ(totals.closed, sum.closed);
    EXPECT_EQ(CountOf(totals.response_seconds), responses);
  }

  // Expects that all edges together were credited with the table's totals, except for what belongs to pending attempts.
  void ExpectEdgesAddUp() {
    if (table().edges() == nullptr) return;
    ExpectAddUp(table().told_totals());
    table().TellAllEdges();
    ExpectAddUp(table().totals());
  }

  void ExpectAddUp(const Totals& totals) {
    const uint64_t pending = table().pending_attempts();
    const EdgeCounters sum = SumOfEdges(*table().edges());
    EXPECT_EQ(sum.client_payload_bytes, totals.client_payload_bytes);
    EXPECT_EQ(sum.server_payload_bytes, totals.server_payload_bytes);
    EXPECT_EQ(sum.segments, totals.segments);
    EXPECT_EQ(sum.retransmitted_segments, totals.client_retransmitted_segments + totals.server_retransmitted_segments);
    EXPECT_EQ(sum.out_of_order_segments, totals.out_of_order_segments);
    EXPECT_EQ(sum.connections_opened + pending, totals.opened_handshake + totals.opened_midstream);
    EXPECT_EQ(sum.handshake_rtt_count, CountOf(totals.handshake_rtt_seconds));
    EXPECT_EQ(sum.response_count, CountOf(totals.response_seconds));
    EXPECT_NEAR(sum.response_sum_seconds, totals.response_seconds.sum, 1e-6);
    EXPECT_EQ(sum.connections_refused, Closed(EndReason::kRefused));
    EXPECT_EQ(sum.connections_timed_out, Closed(EndReason::kHandshakeTimeout));
    EXPECT_EQ(static_cast<uint64_t>(sum.connections) + pending, OpenConnections(totals));
    if (pending == 0) {
      EXPECT_EQ(sum.syn_retransmissions, totals.syn_retransmissions);
    } else {
      EXPECT_LE(sum.syn_retransmissions, totals.syn_retransmissions);
    }
    ExpectInterfacesAddUpTo(sum);
  }

  // Expects that all interfaces together were credited with the same as all edges, whose sum is `edges`.
  void ExpectInterfacesAddUpTo(const EdgeCounters& edges) {
    const EdgeCounters sum = SumOfInterfaces(table());
    EXPECT_EQ(sum.client_payload_bytes, edges.client_payload_bytes);
    EXPECT_EQ(sum.server_payload_bytes, edges.server_payload_bytes);
    EXPECT_EQ(sum.segments, edges.segments);
    EXPECT_EQ(sum.retransmitted_segments, edges.retransmitted_segments);
    EXPECT_EQ(sum.out_of_order_segments, edges.out_of_order_segments);
    EXPECT_EQ(sum.syn_retransmissions, edges.syn_retransmissions);
    EXPECT_EQ(sum.connections_opened, edges.connections_opened);
    EXPECT_EQ(sum.connections_refused, edges.connections_refused);
    EXPECT_EQ(sum.connections_timed_out, edges.connections_timed_out);
    EXPECT_EQ(sum.handshake_rtt_count, edges.handshake_rtt_count);
    EXPECT_NEAR(sum.handshake_rtt_sum_seconds, edges.handshake_rtt_sum_seconds, 1e-6);
    EXPECT_EQ(sum.response_count, edges.response_count);
    EXPECT_NEAR(sum.response_sum_seconds, edges.response_sum_seconds, 1e-6);
    EXPECT_EQ(sum.connections, 0);
    EXPECT_EQ(sum.stalled, 0);
  }

  TableOptions options_;
  Endpoint client_ = At("10.0.0.1:40000");
  Endpoint server_ = At("10.0.0.2:80");
  std::vector<EndedConnection> ended_;

 private:
  std::unique_ptr<ConnectionTable> table_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_TESTS_FLOW_TABLE_TEST_H_
