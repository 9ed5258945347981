// SPDX-License-Identifier: Apache-2.0
#include "src/snapshot/collector.h"

#include <algorithm>
#include <numeric>
#include <random>
#include <tuple>

#include "gtest/gtest.h"
#include "src/flow/overflow.h"
#include "tests/support/segment.h"

namespace tcpgauge {
namespace {

class CollectorTest : public testing::Test {
 protected:
  static ConnectionSummary Row(uint64_t id, uint64_t window_payload_bytes, uint64_t payload_bytes = 0) {
    ConnectionSummary row;
    row.id = id;
    row.client = At("10.0.0.1:40000");
    row.server = At("10.0.0.2:80");
    row.client_sent.payload_bytes = payload_bytes;
    row.window_payload_bytes = window_payload_bytes;
    return row;
  }
  static InterfaceView Interface(const std::string& name, uint64_t packets, bool up = true) {
    InterfaceView view;
    view.name = name;
    view.packets[0] = packets;
    view.wire_bytes[0] = packets * 100;
    view.dropped_packets = 1;
    view.duplicate_packets = {2, 3, 5};
    view.up = up;
    return view;
  }
  static Encapsulation Vlan(uint16_t id) {
    Encapsulation encapsulation;
    encapsulation.AddVlan(id);
    return encapsulation;
  }
  // Gives the rows the slots 10, 11 and so on.
  static void Publish(TripleBuffer<WorkerSnapshot>* worker) {
    WorkerSnapshot& back = worker->back();
    back.slots.resize(back.rows.size());
    std::iota(back.slots.begin(), back.slots.end(), 10);
    worker->Publish();
  }

  TripleBuffer<WorkerSnapshot> one_;
  TripleBuffer<WorkerSnapshot> two_;
  Collector collector_{CollectorOptions{77, 1.5}, {&one_, &two_}};
};

TEST_F(CollectorTest, ListsTheViewsOfTheRowsOfAllWorkers) {
  const auto view = [](uint16_t port, uint32_t encapsulation) {
    return ConnectionView{{At("10.0.0.1:0").address, port}, At("10.96.0.10:80"), encapsulation};
  };
  const auto with_views = [](ConnectionSummary row, uint32_t first, uint32_t count) {
    row.service = At("10.96.0.10:80");
    row.first_view = first;
    row.view_count = count;
    return row;
  };
  one_.back().encapsulations = {Encapsulation(), Vlan(1), Vlan(2)};
  one_.back().views = {view(99, 7), view(11, 0), view(12, 2), view(98, 1), view(97, 1), view(13, 1), view(14, 0)};
  one_.back().rows = {with_views(Row(1, 10), 5, 2), Row(2, 20), with_views(Row(3, 30), 1, 2)};
  Publish(&one_);
  two_.back().encapsulations = {Encapsulation(), Vlan(3)};
  two_.back().views = {view(21, 0), view(22, 1), view(23, 0)};
  two_.back().rows = {with_views(Row(4, 40), 0, 3), Row(5, 50)};
  Publish(&two_);
  const auto snapshot = collector_.Collect();
  EXPECT_EQ(snapshot->views.size(), 7u) << "not those that no row has";
  std::vector<std::vector<int>> ports(6);
  std::vector<std::vector<int>> vlans(6);
  for (const ConnectionSummary& connection : snapshot->connections) {
    EXPECT_EQ(connection.service.ToString(), connection.view_count > 0 ? "10.96.0.10:80" : "[::]:0");
    for (const ConnectionView& of : snapshot->views_of(connection)) {
      ports[connection.id].push_back(of.client.port);
      vlans[connection.id].push_back(snapshot->encapsulations.at(of.encapsulation).vlans[0]);
    }
  }
  EXPECT_EQ(ports, (std::vector<std::vector<int>>{{}, {13, 14}, {}, {11, 12}, {21, 22, 23}, {}}));
  EXPECT_EQ(vlans, (std::vector<std::vector<int>>{{}, {1, 0}, {}, {0, 2}, {0, 3, 0}, {}}));
}

TEST_F(CollectorTest, MakesNothingOfNothingNew) {
  EXPECT_EQ(collector_.Collect(), nullptr);
  Publish(&one_);
  EXPECT_NE(collector_.Collect(), nullptr);
  EXPECT_EQ(collector_.Collect(), nullptr);
}

TEST_F(CollectorTest, NumbersItsSnapshots) {
  Publish(&one_);
  const auto first = collector_.Collect();
  EXPECT_EQ(first->sequence, 1);
  EXPECT_EQ(first->capture_start_time_ns, 77);
  EXPECT_EQ(first->rate_window_seconds, 1.5);
  Publish(&two_);
  EXPECT_EQ(collector_.Collect()->sequence, 2);
}

TEST_F(CollectorTest, KeepsTheShardThatPublishedNothingNew) {
  one_.back().rows = {Row(1, 10)};
  one_.back().totals.client_payload_bytes = 10;
  Publish(&one_);
  two_.back().rows = {Row(2, 20)};
  two_.back().totals.client_payload_bytes = 20;
  Publish(&two_);
  EXPECT_EQ(collector_.Collect()->totals.client_payload_bytes, 30);
  two_.back().rows = {Row(2, 25)};
  two_.back().totals.client_payload_bytes = 25;
  Publish(&two_);
  const auto snapshot = collector_.Collect();
  EXPECT_EQ(snapshot->connections.size(), 2);
  EXPECT_EQ(snapshot->totals.client_payload_bytes, 35);
}

TEST_F(CollectorTest, OrdersByWindowThenTotalThenId) {
  one_.back().rows = {Row(5, 10, 100), Row(4, 10, 200), Row(3, 20, 1)};
  Publish(&one_);
  two_.back().rows = {Row(2, 10, 100), Row(1, 0, 900)};
  Publish(&two_);
  std::vector<uint64_t> ids;
  const auto snapshot = collector_.Collect();
  for (const ConnectionSummary& connection : snapshot->connections) ids.push_back(connection.id);
  EXPECT_EQ(ids, std::vector<uint64_t>({3, 4, 2, 5, 1}));
}

TEST_F(CollectorTest, KeepsEveryConnectionWhenItOrdersMany) {
  std::mt19937_64 random(1);
  for (const uint64_t count : {1, 2, 3, 10, 1000}) {
    std::vector<ConnectionSummary> rows;
    for (uint64_t id = 0; id < count; ++id) rows.push_back(Row(id, random() % 100, random() % 3));
    one_.back().rows = rows;
    Publish(&one_);
    const auto snapshot = Collector(CollectorOptions(), {&one_}).Collect();
    std::sort(rows.begin(), rows.end(), [](const ConnectionSummary& a, const ConnectionSummary& b) {
      return std::make_tuple(b.window_payload_bytes, b.payload_bytes(), a.id) <
             std::make_tuple(a.window_payload_bytes, a.payload_bytes(), b.id);
    });
    ASSERT_EQ(snapshot->connections.size(), count);
    for (size_t i = 0; i < count; ++i) {
      EXPECT_EQ(snapshot->connections[i].id, rows[i].id);
      EXPECT_EQ(snapshot->connections[i].window_payload_bytes, rows[i].window_payload_bytes);
    }
  }
}

TEST_F(CollectorTest, AllConnectionsMayHaveSeriesTheHeaviestFirst) {
  one_.back().rows = {Row(1, 10), Row(2, 30)};
  one_.back().ended_rows = {Row(3, 20), Row(4, 30)};
  Publish(&one_);
  const auto snapshot = collector_.Collect();
  std::vector<uint64_t> ids;
  for (const uint32_t index : snapshot->connections_with_series) ids.push_back(snapshot->connection(index).id);
  EXPECT_EQ(ids, std::vector<uint64_t>({2, 4, 3, 1})) << "of equal ranks, the open one comes first";
  EXPECT_EQ(snapshot->connections_admitted, 0u);
}

TEST_F(CollectorTest, AChoiceRemembersWhichConnectionsHaveSeries) {
  CollectorOptions options;
  options.series_choice = {1, 0, 1000};
  Collector collector(options, {&one_});
  const auto publish = [&](int64_t time_ns, std::vector<ConnectionSummary> rows) {
    one_.back().time_ns = time_ns;
    one_.back().counters.interfaces = {Interface("eth0", 1)};
    one_.back().rows = std::move(rows);
    for (ConnectionSummary& row : one_.back().rows) {
      row.client.port = static_cast<uint16_t>(row.id);
      row.state = ConnectionState::kEstablished;
    }
    Publish(&one_);
    return collector.Collect();
  };
  auto snapshot = publish(10, {Row(1, 10)});
  EXPECT_EQ(snapshot->connections_with_series, std::vector<uint32_t>({0}));
  EXPECT_EQ(snapshot->connections_admitted, 1u);
  snapshot = publish(20, {Row(1, 10), Row(2, 1000)});
  ASSERT_EQ(snapshot->connections_with_series, std::vector<uint32_t>({1}));
  EXPECT_EQ(snapshot->connection(1).id, 1u) << "the heavier one comes after the only admission";
}

TEST_F(CollectorTest, CarriesOverAllThatIsKnownOfAConnection) {
  ConnectionSummary row = Row(1, 10, 300);
  row.server_sent.packets = 4;
  row.server_sent.ip_bytes = 5;
  row.server_sent.retransmitted_segments = 6;
  row.server_sent.out_of_order_segments = 7;
  row.server_sent.zero_windows = 8;
  row.state = ConnectionState::kClosing;
  row.role = Role::kObserved;
  row.start_time_ns = 11;
  row.last_packet_time_ns = 12;
  row.handshake_rtt_ns = 13;
  row.rtt_ns = 14;
  row.server_min_rtt_ns = 15;
  row.client_min_rtt_ns = 16;
  row.client_sent.payload_bytes_per_second = 1.5;
  row.server_sent.payload_bytes_per_second = 2.5;
  one_.back().rows = {row};
  Publish(&one_);
  const ConnectionSummary view = collector_.Collect()->connections.at(0);
  EXPECT_EQ(view.client, At("10.0.0.1:40000"));
  EXPECT_EQ(view.server, At("10.0.0.2:80"));
  EXPECT_EQ(view.payload_bytes(), 300);
  EXPECT_EQ(view.server_sent.packets, 4);
  EXPECT_EQ(view.server_sent.ip_bytes, 5);
  EXPECT_EQ(view.server_sent.retransmitted_segments, 6);
  EXPECT_EQ(view.server_sent.out_of_order_segments, 7);
  EXPECT_EQ(view.server_sent.zero_windows, 8);
  EXPECT_EQ(view.client_sent.payload_bytes_per_second, 1.5);
  EXPECT_EQ(view.payload_bytes_per_second(), 4);
  EXPECT_EQ(view.state, ConnectionState::kClosing);
  EXPECT_EQ(view.role, Role::kObserved);
  EXPECT_EQ(view.start_time_ns, 11);
  EXPECT_EQ(view.last_packet_time_ns, 12);
  EXPECT_EQ(view.handshake_rtt_ns, 13);
  EXPECT_EQ(view.rtt_ns, 14);
  EXPECT_EQ(view.server_min_rtt_ns, 15);
  EXPECT_EQ(view.client_min_rtt_ns, 16);
}

TEST_F(CollectorTest, MergesInterfacesByName) {
  one_.back().counters.interfaces = {Interface("eth0", 10), Interface("eth1", 20)};
  one_.back().rows = {Row(1, 3)};
  one_.back().rows[0].interface = 1;
  Publish(&one_);
  two_.back().counters.interfaces = {Interface("eth2", 40), Interface("eth1", 80, false)};
  two_.back().rows = {Row(2, 2), Row(3, 1)};
  two_.back().rows[1].interface = 1;
  Publish(&two_);
  const auto snapshot = collector_.Collect();
  ASSERT_EQ(snapshot->interfaces.size(), 3);
  EXPECT_EQ(snapshot->interfaces[1].name, "eth1");
  EXPECT_EQ(snapshot->interfaces[1].packets[0], 100);
  EXPECT_EQ(snapshot->interfaces[1].wire_bytes[0], 10000);
  EXPECT_EQ(snapshot->interfaces[1].dropped_packets, 2);
  EXPECT_EQ(snapshot->interfaces[1].duplicate_packets, (DuplicateCounts{4, 6, 10}));
  EXPECT_FALSE(snapshot->interfaces[1].up) << "not for both";
  EXPECT_TRUE(snapshot->interfaces[0].up);
  EXPECT_EQ(snapshot->connections[0].interface, 1);
  EXPECT_EQ(snapshot->interfaces[snapshot->connections[1].interface].name, "eth2");
  EXPECT_EQ(snapshot->connections[2].interface, 1);
}

TEST_F(CollectorTest, KeepsTheEncapsulationsOfEachShardApart) {
  one_.back().encapsulations = {Encapsulation(), Encapsulation(), Vlan(7)};
  one_.back().rows = {Row(1, 9), Row(2, 8)};
  one_.back().rows[0].encapsulation = 2;
  Publish(&one_);
  two_.back().encapsulations = {Encapsulation(), Encapsulation(), Vlan(8)};
  two_.back().rows = {Row(3, 7)};
  two_.back().rows[0].encapsulation = 2;
  Publish(&two_);
  const auto snapshot = collector_.Collect();
  const auto around = [&](size_t i) { return snapshot->encapsulations.at(snapshot->connections.at(i).encapsulation); };
  EXPECT_EQ(around(0), Vlan(7));
  EXPECT_TRUE(around(1).empty());
  EXPECT_EQ(around(2), Vlan(8));
}

TEST_F(CollectorTest, AddsUpCounters) {
  one_.back().connections_not_listed = 3;
  one_.back().unmatched_fragments = 4;
  one_.back().counters.decode_errors[1] = 5;
  one_.back().overflows = {1, 2, 3};
  Publish(&one_);
  two_.back().connections_not_listed = 30;
  two_.back().unmatched_fragments = 40;
  two_.back().counters.decode_errors[1] = 50;
  two_.back().overflows = {10, 20, 30};
  Publish(&two_);
  const auto snapshot = collector_.Collect();
  EXPECT_EQ(snapshot->connections_not_listed, 33);
  EXPECT_EQ(snapshot->decode_errors.size(), kDecodeErrorCount);
  EXPECT_EQ(snapshot->decode_errors.front().name, DecodeErrorName(static_cast<DecodeError>(1)));
  EXPECT_EQ(snapshot->decode_errors.front().count, 55);
  EXPECT_EQ(snapshot->decode_errors.back().name, "fragment_without_first");
  EXPECT_EQ(snapshot->decode_errors.back().count, 44);
  ASSERT_EQ(snapshot->overflows.size(), kOverflowCount);
  EXPECT_EQ(snapshot->overflows[1].name, "encapsulations");
  EXPECT_EQ(snapshot->overflows[1].count, 22);
}

TEST_F(CollectorTest, ASnapshotIsAsOldAsItsOldestWorker) {
  one_.back().begun_ns = 700;
  Publish(&one_);
  EXPECT_EQ(collector_.Collect()->begun_ns, INT64_MIN) << "the other has published nothing";
  two_.back().begun_ns = 500;
  Publish(&two_);
  EXPECT_EQ(collector_.Collect()->begun_ns, 500);
  two_.back().begun_ns = INT64_MAX;
  Publish(&two_);
  EXPECT_EQ(collector_.Collect()->begun_ns, 700);
}

TEST_F(CollectorTest, TimeNeverStepsBack) {
  one_.back().time_ns = 100;
  Publish(&one_);
  EXPECT_EQ(collector_.Collect()->time_ns, 100);
  one_.back().time_ns = 50;
  Publish(&one_);
  EXPECT_EQ(collector_.Collect()->time_ns, 100);
}

TEST_F(CollectorTest, TellsTheSlotsOfTheConnectionsWithSeries) {
  one_.back().rows = {Row(1, 10), Row(2, 30)};
  one_.back().ended_rows = {Row(3, 20)};
  Publish(&one_);
  two_.back().rows = {Row(4, 5)};
  two_.back().listed_rows = ListedRows::kFew;
  Publish(&two_);
  EXPECT_EQ(collector_.Collect()->listed_rows, ListedRows::kFew) << "one worker listed few";
  EXPECT_EQ(collector_.slots_with_series(), (std::vector<std::vector<uint32_t>>{{11, 10}, {10}}));
}

}  // namespace
}  // namespace tcpgauge
