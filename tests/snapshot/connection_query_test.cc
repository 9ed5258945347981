// SPDX-License-Identifier: Apache-2.0
#include "src/snapshot/connection_query.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tcpgauge {
namespace {

using testing::ElementsAre;

// Three connections in different orders by different measures.
Snapshot Three() {
  Snapshot snapshot;
  for (int i = 0; i < 3; ++i) {
    ConnectionSummary connection;
    connection.id = static_cast<uint64_t>(i) + 1;
    connection.start_time_ns = 100 - i;
    connection.client = {*IpAddress::Parse(i == 1 ? "2001:db8::1" : i == 0 ? "192.0.2.9" : "192.0.2.10"), 5};
    connection.server = {*IpAddress::Parse("192.0.2.1"), static_cast<uint16_t>(443 + i)};
    connection.state = i == 2 ? ConnectionState::kSynSent : ConnectionState::kEstablished;
    connection.last_packet_time_ns = i == 0 ? 300 : 200 + i;
    connection.client_sent.payload_bytes = i == 1 ? 1000 : 10;
    connection.client_sent.payload_bytes_per_second = i == 2 ? 50 : i;
    connection.server_sent.payload_bytes_per_second = i == 0 ? 20 : i;
    connection.server_sent.retransmitted_segments = i == 2 ? 3 : 0;
    connection.rtt_ns = i == 0 ? ConnectionSummary::kUnknown : i * 1000;
    snapshot.connections.push_back(connection);
  }
  return snapshot;
}

std::vector<uint32_t> Order(ConnectionSort sort, bool reverse = false, size_t limit = 10) {
  return ChooseConnections(Three(), Filter(), sort, reverse, limit).indexes;
}

TEST(ConnectionQuery, SortsByEveryColumn) {
  EXPECT_THAT(Order(ConnectionSort::kStart), ElementsAre(2, 1, 0));
  EXPECT_THAT(Order(ConnectionSort::kRate), ElementsAre(2, 0, 1));
  EXPECT_THAT(Order(ConnectionSort::kBytes), ElementsAre(1, 2, 0));
  EXPECT_THAT(Order(ConnectionSort::kIdle), ElementsAre(0, 2, 1));
  EXPECT_THAT(Order(ConnectionSort::kClient), ElementsAre(0, 2, 1));
  EXPECT_THAT(Order(ConnectionSort::kServer), ElementsAre(0, 1, 2));
  EXPECT_THAT(Order(ConnectionSort::kState), ElementsAre(2, 1, 0));
  EXPECT_THAT(Order(ConnectionSort::kUp), ElementsAre(2, 1, 0));
  EXPECT_THAT(Order(ConnectionSort::kDown), ElementsAre(0, 2, 1));
  EXPECT_THAT(Order(ConnectionSort::kRtt), ElementsAre(2, 1, 0));
  EXPECT_THAT(Order(ConnectionSort::kRetransmissions), ElementsAre(2, 1, 0));
}

TEST(ConnectionQuery, ReversesAndCutsOffAfterSorting) {
  EXPECT_THAT(Order(ConnectionSort::kBytes, true), ElementsAre(0, 2, 1));
  EXPECT_THAT(Order(ConnectionSort::kBytes, true, 2), ElementsAre(0, 2));
  EXPECT_THAT(Order(ConnectionSort::kRate, false, 1), ElementsAre(2));
  EXPECT_THAT(Order(ConnectionSort::kRate, false, 0), ElementsAre());
}

TEST(ConnectionQuery, SumsAllThatMatchesWhateverTheLimit) {
  const Snapshot snapshot = Three();
  const ConnectionSum sum =
      ChooseConnections(snapshot, *Filter::Parse("state:established"), ConnectionSort::kRate, false, 1).matching;
  EXPECT_EQ(sum.connections, 2u);
  EXPECT_EQ(sum.measures.up_bytes, 1010u);
  EXPECT_DOUBLE_EQ(sum.measures.down_bytes_per_second, 21);
  EXPECT_EQ(sum.measures.retransmitted_segments, 0u);
}

}  // namespace
}  // namespace tcpgauge
