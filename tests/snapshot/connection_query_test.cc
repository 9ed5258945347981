// SPDX-License-Identifier: Apache-2.0
#include "src/snapshot/connection_query.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <climits>

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
    connection.server_min_rtt_ns = i == 0 ? ConnectionSummary::kUnknown : i * 1000;
    connection.client_min_rtt_ns = 50;
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

// `count` connections with pseudo-random measures, of which many are equal.
Snapshot Many(size_t count) {
  Snapshot snapshot;
  snapshot.interfaces.resize(1);
  uint64_t random = 1;
  for (size_t i = 0; i < count; ++i) {
    random = random * 6364136223846793005u + 1442695040888963407u;
    ConnectionSummary connection;
    connection.id = i + 1;
    connection.client = {*IpAddress::Parse("192.0.2.9"), static_cast<uint16_t>(random >> 60)};
    connection.server = {*IpAddress::Parse("2001:db8::1"), 443};
    connection.state = i % 3 == 0 ? ConnectionState::kSynSent : ConnectionState::kEstablished;
    connection.client_sent.payload_bytes = random >> 50;
    snapshot.connections.push_back(connection);
  }
  return snapshot;
}

TEST(ConnectionQuery, ALimitKeepsTheSameOrderHoweverManyConnectionsThereAre) {
  const Snapshot snapshot = Many(3 * kSelectedAtOnce + 17);
  for (const auto sort : {ConnectionSort::kBytes, ConnectionSort::kClient, ConnectionSort::kState}) {
    for (const bool reverse : {false, true}) {
      const std::vector<uint32_t> all = ChooseConnections(snapshot, Filter(), sort, reverse, SIZE_MAX).indexes;
      ASSERT_EQ(all.size(), snapshot.connections.size());
      for (const size_t limit : {size_t{0}, size_t{1}, size_t{1000}, kSelectedAtOnce, all.size() - 1}) {
        const ChosenConnections some = ChooseConnections(snapshot, Filter(), sort, reverse, limit);
        EXPECT_EQ(some.matching.connections, all.size());
        EXPECT_EQ(some.indexes, std::vector<uint32_t>(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(limit)));
      }
    }
  }
}

TEST(ConnectionQuery, StopsAtEachPointAtWhichItAsks) {
  const Snapshot snapshot = Many(1000);
  const Filter filter = *Filter::Parse("!zz state:established");
  const auto choose = [&](int true_from, int* calls) {
    return ChooseConnections(snapshot, filter, ConnectionSort::kBytes, false, 10,
                             [&] { return ++*calls >= true_from; });
  };
  int calls = 0;
  EXPECT_TRUE(choose(INT_MAX, &calls).has_value());
  EXPECT_GE(calls, static_cast<int>(snapshot.connections.size() / kRowsBetweenStops));
  for (int stop_at = 1; stop_at <= calls; ++stop_at) {
    int asked = 0;
    EXPECT_FALSE(choose(stop_at, &asked).has_value());
    EXPECT_EQ(asked, stop_at) << "it goes on";
  }
}

TEST(ConnectionQuery, AsksWhetherToStopEvenIfNoConnectionMatches) {
  int calls = 0;
  ChooseConnections(Many(1000), *Filter::Parse("zz"), ConnectionSort::kBytes, false, 10, [&calls] {
    ++calls;
    return false;
  });
  EXPECT_GE(calls, static_cast<int>(1000 / kRowsBetweenStops));
}

}  // namespace
}  // namespace tcpgauge
