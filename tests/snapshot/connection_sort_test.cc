// SPDX-License-Identifier: Apache-2.0
#include "src/snapshot/connection_sort.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "absl/types/span.h"
#include "tests/support/example_identities.h"

namespace tcpgauge {
namespace {

using testing::ElementsAre;

// Numbers `connections` from 1 in the given order, and returns these ids in the sorted order.
std::vector<uint64_t> Sorted(std::vector<ConnectionSummary> connections, ConnectionSort sort, bool reverse = false,
                             const Snapshot& snapshot = Snapshot()) {
  const NameRanks names(snapshot, sort);
  std::vector<SortEntry> entries;
  for (uint32_t i = 0; i < connections.size(); ++i) {
    connections[i].id = i + 1;
    entries.push_back({SortKey(connections[i], MeasuresOf(connections[i]), sort, names), i});
  }
  SortFirst(absl::MakeSpan(entries), entries.size(), connections, sort, reverse);
  std::vector<uint64_t> ids;
  for (const SortEntry& entry : entries) ids.push_back(entry.index + 1);
  return ids;
}

ConnectionSummary WithClient(const char* address, uint16_t port) {
  ConnectionSummary connection;
  connection.client = {*IpAddress::Parse(address), port};
  return connection;
}

ConnectionSummary WithRtt(int64_t rtt_ns) {
  ConnectionSummary connection;
  connection.server_min_rtt_ns = connection.client_min_rtt_ns = rtt_ns;
  return connection;
}

ConnectionSummary WithTimes(int64_t start_time_ns, int64_t last_packet_time_ns) {
  ConnectionSummary connection;
  connection.start_time_ns = start_time_ns;
  connection.last_packet_time_ns = last_packet_time_ns;
  return connection;
}

TEST(ConnectionSort, NamesAreReadAsTheyAreWritten) {
  for (int i = 0; i < static_cast<int>(ConnectionSort::kCount); ++i) {
    const auto sort = static_cast<ConnectionSort>(i);
    EXPECT_EQ(ParseConnectionSort(ConnectionSortName(sort)), sort);
  }
  EXPECT_EQ(ParseConnectionSort("Rate"), std::nullopt);
  EXPECT_EQ(ParseConnectionSort(""), std::nullopt);
}

TEST(ConnectionSort, EndpointsAscendByAddressThenPort) {
  const std::vector<ConnectionSummary> connections = {
      WithClient("2001:db8::1:0:0:2", 1),  WithClient("192.0.2.10", 5), WithClient("2001:db8::2:0:0:1", 1),
      WithClient("192.0.2.9", 70),         WithClient("::1", 9),        WithClient("192.0.2.9", 7),
      WithClient("2001:db8::1:0:0:100", 1)};
  EXPECT_THAT(Sorted(connections, ConnectionSort::kClient), ElementsAre(5, 6, 4, 2, 1, 7, 3));
}

TEST(ConnectionSort, AnUnknownRttIsLastAndNoneIsShorterThanZero) {
  EXPECT_THAT(Sorted({WithRtt(ConnectionSummary::kUnknown), WithRtt(0), WithRtt(5)}, ConnectionSort::kRtt),
              ElementsAre(3, 2, 1));
}

TEST(ConnectionSort, AnUnknownResponseTimeIsLast) {
  std::vector<ConnectionSummary> connections(3);
  connections[1].response_ns = 0;
  connections[2].response_ns = 5;
  EXPECT_THAT(Sorted(connections, ConnectionSort::kResponse), ElementsAre(3, 2, 1));
  EXPECT_THAT(Sorted(connections, ConnectionSort::kResponse, /*reverse=*/true), ElementsAre(1, 2, 3));
}

TEST(ConnectionSort, TimesAreToldApartByTheNanosecond) {
  constexpr int64_t kNow = 1700000000000000000;
  EXPECT_THAT(Sorted({WithTimes(0, kNow), WithTimes(0, kNow + 1), WithTimes(0, -1)}, ConnectionSort::kIdle),
              ElementsAre(2, 1, 3));
  EXPECT_THAT(Sorted({WithTimes(kNow + 1, 0), WithTimes(kNow, 0), WithTimes(-1, 0)}, ConnectionSort::kStart),
              ElementsAre(3, 2, 1));
}

TEST(ConnectionSort, EqualConnectionsStandByStartThenId) {
  const std::vector<ConnectionSummary> connections = {WithTimes(2, 0), WithTimes(1, 0), WithTimes(1, 0)};
  EXPECT_THAT(Sorted(connections, ConnectionSort::kRate), ElementsAre(2, 3, 1));
  EXPECT_THAT(Sorted(connections, ConnectionSort::kRate, /*reverse=*/true), ElementsAre(1, 3, 2));
}

TEST(ConnectionSort, TheFirstAreThoseOfASortOfAll) {
  std::mt19937 random(1);
  std::vector<ConnectionSummary> connections(1000);
  std::vector<SortEntry> entries;
  const NameRanks names(Snapshot(), ConnectionSort::kBytes);
  for (uint32_t i = 0; i < connections.size(); ++i) {
    connections[i].id = i;
    connections[i].client_sent.payload_bytes = random() % 50;
    entries.push_back({SortKey(connections[i], MeasuresOf(connections[i]), ConnectionSort::kBytes, names), i});
  }
  std::vector<SortEntry> all = entries;
  SortFirst(absl::MakeSpan(all), all.size(), connections, ConnectionSort::kBytes, false);
  SortFirst(absl::MakeSpan(entries), 70, connections, ConnectionSort::kBytes, false);
  for (size_t i = 0; i < 70; ++i) EXPECT_EQ(entries[i].index, all[i].index) << i;
}

ConnectionSummary WithIdentities(uint32_t client, uint32_t server) {
  ConnectionSummary connection;
  connection.client_identity = client;
  connection.server_identity = server;
  return connection;
}

TEST(ConnectionSort, NamesOfTheEndsAscendInAnyLetterCaseAndUnknownOnesAreLast) {
  EndIdentity node;
  node.node = "a";  // known, but not by a name
  Snapshot snapshot;
  // Shown as "shop/web-5d4f8b6c5-x2x4z", "Postgres@15-main.service" and "payments/ledger-77c9d-abcde".
  snapshot.identities = {nullptr, ExamplePod(), ExampleUnit(), ExampleGuess(), IdentityOf(4, node)};
  const std::vector<ConnectionSummary> connections = {WithIdentities(0, 1), WithIdentities(1, 2), WithIdentities(2, 3),
                                                      WithIdentities(3, 4), WithIdentities(4, 0)};
  EXPECT_THAT(Sorted(connections, ConnectionSort::kClientName, false, snapshot), ElementsAre(4, 3, 2, 1, 5));
  EXPECT_THAT(Sorted(connections, ConnectionSort::kServerName, false, snapshot), ElementsAre(3, 2, 1, 4, 5));
  EXPECT_THAT(Sorted(connections, ConnectionSort::kServerName, true, snapshot), ElementsAre(5, 4, 1, 2, 3));
}

TEST(ConnectionSort, EqualNamesStandByStart) {
  EndIdentity other_zone = ExamplePod()->identity;
  other_zone.zone = "zone-b";
  Snapshot snapshot;
  snapshot.identities = {nullptr, ExamplePod(), IdentityOf(2, other_zone)};
  std::vector<ConnectionSummary> connections = {WithIdentities(1, 0), WithIdentities(2, 0), WithIdentities(1, 0)};
  connections[0].start_time_ns = 3;
  connections[1].start_time_ns = 2;
  connections[2].start_time_ns = 1;
  EXPECT_THAT(Sorted(connections, ConnectionSort::kClientName, false, snapshot), ElementsAre(3, 2, 1));
}

TEST(ConnectionSort, CountsInAnotherWayAreWhatIsSortedBy) {
  ConnectionSummary fast;
  fast.client_sent.payload_bytes_per_second = 100;
  Measures slow = MeasuresOf(fast);
  slow.up_bytes_per_second = 1;
  const NameRanks names(Snapshot(), ConnectionSort::kRate);
  EXPECT_LT(SortKey(fast, MeasuresOf(fast), ConnectionSort::kRate, names),
            SortKey(fast, slow, ConnectionSort::kRate, names));
}

}  // namespace
}  // namespace tcpgauge
