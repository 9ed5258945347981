#include "tui/row_order.h"

#include <gtest/gtest.h>

#include <random>

#include "tests/tui/scripted_traffic.h"

namespace tcpgauge {
namespace {

const Endpoint kClient = EndpointOf("192.0.2.1", 50000);
const Endpoint kServer = EndpointOf("192.0.2.2", 443);

std::vector<uint64_t> Ids(const Snapshot& snapshot, SortKey sort) {
  RowOrder order;
  order.Rebuild(snapshot, sort);
  std::vector<uint64_t> ids;
  for (size_t i = 0; i < order.size(); ++i) ids.push_back(snapshot.connections[order.IndexAt(i)].id);
  return ids;
}

Snapshot Three() {
  Snapshot snapshot;
  ConnectionView a = ScriptedConnection(1, kClient, kServer, 10, 5);
  ConnectionView b = ScriptedConnection(2, kClient, kServer, 0, 40);
  ConnectionView c = ScriptedConnection(3, kClient, kServer, 15, 0);
  a.start_time_ns = 300, b.start_time_ns = 100, c.start_time_ns = 200;
  a.last_packet_time_ns = 1000, b.last_packet_time_ns = 900, c.last_packet_time_ns = 1100;
  a.client_sent.payload_bytes = 7, b.server_sent.payload_bytes = 6, c.client_sent.payload_bytes = 8;
  snapshot.connections = {a, b, c};
  return snapshot;
}

TEST(RowOrder, UnsortedIsTheOrderOfAppearance) {
  EXPECT_EQ(Ids(Three(), SortKey::kUnsorted), (std::vector<uint64_t>{2, 3, 1}));
}

TEST(RowOrder, RatePutsTheFastestFirstAndEqualOnesByAppearance) {
  EXPECT_EQ(Ids(Three(), SortKey::kRate), (std::vector<uint64_t>{2, 3, 1}));
}

TEST(RowOrder, BytesPutsTheMostFirst) { EXPECT_EQ(Ids(Three(), SortKey::kBytes), (std::vector<uint64_t>{3, 1, 2})); }

TEST(RowOrder, IdlePutsTheMostRecentFirst) {
  EXPECT_EQ(Ids(Three(), SortKey::kIdle), (std::vector<uint64_t>{3, 1, 2}));
}

TEST(RowOrder, AnEmptySnapshotHasNoRows) {
  const Snapshot empty;
  EXPECT_TRUE(Ids(empty, SortKey::kRate).empty());
}

TEST(RowOrder, SortingInPartsIsTheSameAsSortingAtOnce) {
  Snapshot snapshot;
  std::mt19937 random(1);
  for (uint64_t id = 1; id <= 5000; ++id) {
    snapshot.connections.push_back(ScriptedConnection(id, kClient, kServer, random() % 50));
  }
  std::vector<ConnectionView> oracle = snapshot.connections;
  std::stable_sort(oracle.begin(), oracle.end(), [](const ConnectionView& a, const ConnectionView& b) {
    return a.payload_bytes_per_second() > b.payload_bytes_per_second();
  });
  const std::vector<uint64_t> ids = Ids(snapshot, SortKey::kRate);
  ASSERT_EQ(ids.size(), oracle.size());
  for (size_t i = 0; i < ids.size(); ++i) ASSERT_EQ(ids[i], oracle[i].id) << i;
}

}  // namespace
}  // namespace tcpgauge
