// SPDX-License-Identifier: Apache-2.0
#include "tui/row_order.h"

#include <gtest/gtest.h>

#include <random>

#include "tests/support/example_identities.h"
#include "tests/tui/scripted_traffic.h"

namespace tcpgauge {
namespace {

const Endpoint kClient = EndpointOf("192.0.2.1", 50000);
const Endpoint kServer = EndpointOf("192.0.2.2", 443);

bool All(const ConnectionSummary&) { return true; }

std::vector<uint64_t> Ids(const Snapshot& snapshot, RowOrder* order) {
  std::vector<uint64_t> ids;
  for (size_t i = 0; i < order->size(); ++i) ids.push_back(snapshot.connections[order->IndexAt(i)].id);
  return ids;
}

std::vector<uint64_t> Ids(const Snapshot& snapshot, ConnectionSort sort, bool reverse = false) {
  RowOrder order;
  order.Rebuild(snapshot, Meter(), sort, reverse, ClosedRows::kAmongOthers, All);
  return Ids(snapshot, &order);
}

Snapshot Three() {
  Snapshot snapshot;
  ConnectionSummary a = ScriptedConnection(1, kClient, kServer, 10, 5);
  ConnectionSummary b = ScriptedConnection(2, kClient, kServer, 0, 40);
  ConnectionSummary c = ScriptedConnection(3, kClient, kServer, 15, 0);
  a.start_time_ns = 300, b.start_time_ns = 100, c.start_time_ns = 200;
  a.last_packet_time_ns = 1000, b.last_packet_time_ns = 900, c.last_packet_time_ns = 1100;
  a.client_sent.payload_bytes = 7, b.server_sent.payload_bytes = 6, c.client_sent.payload_bytes = 8;
  snapshot.connections = {a, b, c};
  return snapshot;
}

TEST(RowOrder, UnsortedIsTheOrderOfAppearance) {
  EXPECT_EQ(Ids(Three(), ConnectionSort::kStart), (std::vector<uint64_t>{2, 3, 1}));
}

TEST(RowOrder, RatePutsTheFastestFirstAndEqualOnesByAppearance) {
  EXPECT_EQ(Ids(Three(), ConnectionSort::kRate), (std::vector<uint64_t>{2, 3, 1}));
}

TEST(RowOrder, BytesPutsTheMostFirst) {
  EXPECT_EQ(Ids(Three(), ConnectionSort::kBytes), (std::vector<uint64_t>{3, 1, 2}));
}

TEST(RowOrder, IdlePutsTheMostRecentFirst) {
  EXPECT_EQ(Ids(Three(), ConnectionSort::kIdle), (std::vector<uint64_t>{3, 1, 2}));
}

TEST(RowOrder, EveryOtherColumnCanBeTheOrder) {
  Snapshot snapshot = Three();
  snapshot.connections[0].client = EndpointOf("2001:db8::1", 50000);
  snapshot.connections[1].client = EndpointOf("10.0.0.2", 1);
  snapshot.connections[2].client = EndpointOf("10.0.0.1", 60000);
  snapshot.connections[0].server = EndpointOf("2001:db8::1:0:0:2", 22);
  snapshot.connections[1].server = EndpointOf("2001:db8::1:0:0:1", 22);
  snapshot.connections[2].server = EndpointOf("2001:db8::1:0:0:1", 21);
  snapshot.connections[0].state = ConnectionState::kReset;
  snapshot.connections[1].state = ConnectionState::kSynSent;
  snapshot.connections[0].server_min_rtt_ns = 5, snapshot.connections[2].server_min_rtt_ns = 7;
  snapshot.connections[0].client_min_rtt_ns = snapshot.connections[2].client_min_rtt_ns = 1;
  snapshot.connections[0].server_sent.retransmitted_segments = 3;
  snapshot.connections[1].client_sent.retransmitted_segments = 4;
  EXPECT_EQ(Ids(snapshot, ConnectionSort::kClient), (std::vector<uint64_t>{3, 2, 1}));
  EXPECT_EQ(Ids(snapshot, ConnectionSort::kServer), (std::vector<uint64_t>{3, 2, 1}));
  EXPECT_EQ(Ids(snapshot, ConnectionSort::kState), (std::vector<uint64_t>{2, 3, 1}));
  EXPECT_EQ(Ids(snapshot, ConnectionSort::kUp), (std::vector<uint64_t>{3, 1, 2}));
  EXPECT_EQ(Ids(snapshot, ConnectionSort::kDown), (std::vector<uint64_t>{2, 1, 3}));
  EXPECT_EQ(Ids(snapshot, ConnectionSort::kRtt), (std::vector<uint64_t>{3, 1, 2})) << "an unknown one is last";
  EXPECT_EQ(Ids(snapshot, ConnectionSort::kRetransmissions), (std::vector<uint64_t>{2, 1, 3}));
  snapshot.connections[0].server_sent.packets = 10, snapshot.connections[1].client_sent.packets = 100;
  EXPECT_EQ(Ids(snapshot, ConnectionSort::kLoss), (std::vector<uint64_t>{1, 2, 3})) << "3 of 10, 4 of 100";
}

TEST(RowOrder, ReverseTurnsItRound) {
  EXPECT_EQ(Ids(Three(), ConnectionSort::kBytes, true), (std::vector<uint64_t>{2, 1, 3}));
  EXPECT_EQ(Ids(Three(), ConnectionSort::kStart, true), (std::vector<uint64_t>{1, 3, 2}));
}

TEST(RowOrder, ListsAndAddsUpOnlyWhatIsWanted) {
  const Snapshot snapshot = Three();
  RowOrder order;
  order.Rebuild(snapshot, Meter(), ConnectionSort::kStart, false, ClosedRows::kAmongOthers,
                [](const ConnectionSummary& view) { return view.id != 2; });
  EXPECT_EQ(Ids(snapshot, &order), (std::vector<uint64_t>{3, 1}));
  EXPECT_EQ(order.total().up_bytes_per_second, 25);
  EXPECT_EQ(order.total().down_bytes_per_second, 5);
  EXPECT_EQ(order.total().bytes(), 15u);
}

// A file server: a connection that is open and busy, one that carried a gigabyte and is silent since, and three that
// ended within the last two seconds, of which one within the rate window.
Snapshot WithEndedConnections() {
  Snapshot snapshot;
  snapshot.time_ns = kScriptStartNs + 100 * kNanosecondsPerSecond;
  const auto add = [&snapshot](ConnectionState state, int64_t begin_s, int64_t last_s, uint64_t bytes, double rate) {
    ConnectionSummary connection =
        ScriptedConnection(snapshot.connections.size() + 1, kClient, kServer, rate / 4, rate);
    connection.state = state;
    connection.start_time_ns = kScriptStartNs + begin_s * kNanosecondsPerSecond;
    connection.last_packet_time_ns = kScriptStartNs + last_s * kNanosecondsPerSecond;
    connection.server_sent.payload_bytes = bytes;
    snapshot.connections.push_back(connection);
  };
  add(ConnectionState::kEstablished, 0, 100, 40000, 400);
  add(ConnectionState::kEstablished, 1, 11, 1000000000, 0);
  add(ConnectionState::kClosed, 98, 98, 500000, 0);
  add(ConnectionState::kReset, 97, 98, 700000, 0);
  add(ConnectionState::kClosed, 100, 100, 1000, 1000);
  return snapshot;
}

TEST(RowOrder, TheTotalIsTheRateOfNowEvenIfRowsShowAverages) {
  const Snapshot snapshot = WithEndedConnections();
  Meter meter;
  RowOrder order;
  for (const bool average : {false, true}) {
    meter.set_averaging(average ? Averaging::kLifetime : Averaging::kRateWindow);
    order.Rebuild(snapshot, meter, ConnectionSort::kRate, false, ClosedRows::kAmongOthers, All);
    EXPECT_EQ(order.total().up_bytes_per_second, 350) << average;
    EXPECT_EQ(order.total().down_bytes_per_second, 1400) << average;
    EXPECT_EQ(order.total().bytes(), 1001241000u) << average;
  }
  EXPECT_EQ(Ids(snapshot, &order), (std::vector<uint64_t>{2, 4, 3, 5, 1})) << "rows are sorted by what they show";
}

TEST(RowOrder, RatesOfRowsCompareWithTheSumOfTheRatesThatRowsShow) {
  const Snapshot snapshot = WithEndedConnections();
  Meter meter;
  RowOrder order;
  order.Rebuild(snapshot, meter, ConnectionSort::kRate, false, ClosedRows::kAmongOthers, All);
  EXPECT_EQ(order.shown_bytes_per_second(), 1750);
  meter.set_averaging(Averaging::kLifetime);
  order.Rebuild(snapshot, meter, ConnectionSort::kRate, false, ClosedRows::kAmongOthers, All);
  double sum = 0;
  for (const ConnectionSummary& connection : snapshot.connections) {
    sum += meter.Of(connection, snapshot.time_ns).bytes_per_second();
  }
  EXPECT_DOUBLE_EQ(order.shown_bytes_per_second(), sum);
}

TEST(RowOrder, ConnectionsThatAnAgentDoesNotListAreInTheTotalEitherWay) {
  Snapshot snapshot = WithEndedConnections();
  snapshot.not_listed_client_sent.payload_bytes_per_second = 5;
  snapshot.not_listed_server_sent.payload_bytes_per_second = 7;
  Meter meter;
  RowOrder order;
  for (const bool average : {false, true}) {
    meter.set_averaging(average ? Averaging::kLifetime : Averaging::kRateWindow);
    order.Rebuild(snapshot, meter, ConnectionSort::kRate, false, ClosedRows::kAmongOthers, All);
    EXPECT_EQ(order.total().up_bytes_per_second, 355) << average;
    EXPECT_EQ(order.total().down_bytes_per_second, 1407) << average;
  }
}

// The model: whatever the keys say, the total rate is that of the connections that the filter passes.
TEST(RowOrder, TheTotalAgreesWithAModelOnRandomConnections) {
  std::mt19937 random(1);
  for (int round = 0; round < 200; ++round) {
    Snapshot snapshot;
    snapshot.time_ns = kScriptStartNs + 100 * kNanosecondsPerSecond;
    double up = 0, down = 0;
    for (uint64_t id = 1; id <= random() % 50; ++id) {
      ConnectionSummary connection = ScriptedConnection(id, kClient, kServer, random() % 3 * 100, random() % 3 * 10000);
      connection.state = static_cast<ConnectionState>(random() % kConnectionStateCount);
      connection.start_time_ns += random() % 90 * kNanosecondsPerSecond;
      connection.last_packet_time_ns = connection.start_time_ns + random() % 10 * kNanosecondsPerSecond;
      connection.client_sent.payload_bytes = random();
      connection.server_sent.payload_bytes = random();
      snapshot.connections.push_back(connection);
      if (id % 3 == 0) continue;  // what the filter leaves out
      up += connection.client_sent.payload_bytes_per_second;
      down += connection.server_sent.payload_bytes_per_second;
    }
    Meter meter;
    meter.set_averaging(random() % 2 == 0 ? Averaging::kLifetime : Averaging::kRateWindow);
    if (random() % 2 == 0) meter.ResetTotals(snapshot);
    RowOrder order;
    order.Rebuild(snapshot, meter, static_cast<ConnectionSort>(random() % static_cast<int>(ConnectionSort::kCount)),
                  random() % 2 == 0, static_cast<ClosedRows>(random() % 3),
                  [](const ConnectionSummary& connection) { return connection.id % 3 != 0; });
    ASSERT_EQ(order.total().up_bytes_per_second, up) << round;
    ASSERT_EQ(order.total().down_bytes_per_second, down) << round;
  }
}

TEST(RowOrder, HeldRowsStayAndNewOnesComeBelow) {
  Snapshot snapshot = Three();
  RowOrder order;
  order.Rebuild(snapshot, Meter(), ConnectionSort::kBytes, false, ClosedRows::kAmongOthers, All);
  order.Freeze();
  ConnectionSummary fresh = ScriptedConnection(4, kClient, kServer, 1000);
  fresh.start_time_ns = 400;
  fresh.client_sent.payload_bytes = 1000;
  snapshot.connections[1].client_sent.payload_bytes = 500;
  snapshot.connections.erase(snapshot.connections.begin());  // connection 1 is gone
  snapshot.connections.insert(snapshot.connections.begin(), fresh);
  order.Rebuild(snapshot, Meter(), ConnectionSort::kBytes, false, ClosedRows::kAmongOthers, All);
  EXPECT_EQ(Ids(snapshot, &order), (std::vector<uint64_t>{3, 2, 4}));
  order.Thaw();
  order.Rebuild(snapshot, Meter(), ConnectionSort::kBytes, false, ClosedRows::kAmongOthers, All);
  EXPECT_EQ(Ids(snapshot, &order), (std::vector<uint64_t>{4, 2, 3}));
}

TEST(RowOrder, ClosedConnectionsSinkOrHide) {
  Snapshot snapshot;
  for (uint64_t id = 1; id <= 1000; ++id) {
    snapshot.connections.push_back(ScriptedConnection(id, kClient, kServer, static_cast<double>(id * 7919 % 1000)));
    if (id % 3 == 0) snapshot.connections.back().state = ConnectionState::kClosed;
    if (id % 5 == 0) snapshot.connections.back().state = ConnectionState::kReset;
  }
  RowOrder order;
  order.Rebuild(snapshot, Meter(), ConnectionSort::kRate, false, ClosedRows::kLast, All);
  ASSERT_EQ(order.size(), 1000u);
  const auto key = [&](size_t row) {
    const ConnectionSummary& connection = snapshot.connections[order.IndexAt(row)];
    return std::make_pair(IsOpen(connection.state), connection.payload_bytes_per_second());
  };
  for (size_t row = 1; row < order.size(); ++row) ASSERT_GE(key(row - 1), key(row)) << row;
  const double rate = order.total().bytes_per_second();
  order.Rebuild(snapshot, Meter(), ConnectionSort::kRate, false, ClosedRows::kHidden, All);
  EXPECT_EQ(order.size(), 533u);
  for (size_t row = 0; row < order.size(); ++row) ASSERT_TRUE(key(row).first) << row;
  EXPECT_EQ(order.total().bytes_per_second(), rate) << "what they sent was sent";
}

TEST(RowOrder, AHeldRowStaysWhenItsConnectionCloses) {
  Snapshot snapshot = Three();
  RowOrder order;
  order.Rebuild(snapshot, Meter(), ConnectionSort::kRate, false, ClosedRows::kLast, All);
  order.Freeze();
  snapshot.connections[1].state = ConnectionState::kClosed;  // id 2, the first row
  order.Rebuild(snapshot, Meter(), ConnectionSort::kRate, false, ClosedRows::kLast, All);
  EXPECT_EQ(Ids(snapshot, &order), (std::vector<uint64_t>{2, 3, 1}));
  order.Thaw();
  order.Rebuild(snapshot, Meter(), ConnectionSort::kRate, false, ClosedRows::kLast, All);
  EXPECT_EQ(Ids(snapshot, &order), (std::vector<uint64_t>{3, 1, 2}));
}

TEST(RowOrder, AnEmptyListCanBeHeld) {
  Snapshot snapshot;
  RowOrder order;
  order.Rebuild(snapshot, Meter(), ConnectionSort::kRate, false, ClosedRows::kAmongOthers, All);
  order.Freeze();
  snapshot = Three();
  order.Rebuild(snapshot, Meter(), ConnectionSort::kRate, false, ClosedRows::kAmongOthers, All);
  EXPECT_EQ(Ids(snapshot, &order), (std::vector<uint64_t>{2, 3, 1})) << "the order of appearance";
}

TEST(RowOrder, AnEmptySnapshotHasNoRows) {
  const Snapshot empty;
  EXPECT_TRUE(Ids(empty, ConnectionSort::kRate).empty());
}

TEST(RowOrder, SortingInPartsIsTheSameAsSortingAtOnce) {
  Snapshot snapshot;
  std::mt19937 random(1);
  for (uint64_t id = 1; id <= 5000; ++id) {
    snapshot.connections.push_back(ScriptedConnection(id, kClient, kServer, random() % 50));
  }
  std::vector<ConnectionSummary> oracle = snapshot.connections;
  std::stable_sort(oracle.begin(), oracle.end(), [](const ConnectionSummary& a, const ConnectionSummary& b) {
    return a.payload_bytes_per_second() > b.payload_bytes_per_second();
  });
  const std::vector<uint64_t> ids = Ids(snapshot, ConnectionSort::kRate);
  ASSERT_EQ(ids.size(), oracle.size());
  for (size_t i = 0; i < ids.size(); ++i) ASSERT_EQ(ids[i], oracle[i].id) << i;
}

TEST(RowOrder, SortsByTheNamesOfTheEnds) {
  Snapshot snapshot;
  snapshot.identities = {nullptr, ExamplePod(), ExampleUnit()};  // "shop/web-…", "Postgres@…"
  for (const uint32_t identity : {0u, 1u, 2u}) {
    snapshot.connections.push_back(
        ScriptedConnection(identity + 1, EndpointOf("10.0.0.1", 1), EndpointOf("10.0.0.2", 2)));
    snapshot.connections.back().server_identity = identity;
  }
  EXPECT_EQ(Ids(snapshot, ConnectionSort::kServerName), std::vector<uint64_t>({3, 2, 1}));
  EXPECT_EQ(Ids(snapshot, ConnectionSort::kServerName, /*reverse=*/true), std::vector<uint64_t>({1, 2, 3}));
}

}  // namespace
}  // namespace tcpgauge
