// SPDX-License-Identifier: Apache-2.0
#include "src/snapshot/connection_sort.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "absl/types/span.h"

namespace tcpgauge {
namespace {

using testing::ElementsAre;

// Numbers `connections` from 1 in the given order, and returns these ids in the sorted order.
std::vector<uint64_t> Sorted(std::vector<ConnectionSummary> connections, ConnectionSort sort, bool reverse = false) {
  std::vector<SortEntry> entries;
  for (uint32_t i = 0; i < connections.size(); ++i) {
    connections[i].id = i + 1;
    entries.push_back({SortKey(connections[i], MeasuresOf(connections[i]), sort), i});
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
  connection.rtt_ns = rtt_ns;
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
  for (uint32_t i = 0; i < connections.size(); ++i) {
    connections[i].id = i;
    connections[i].client_sent.payload_bytes = random() % 50;
    entries.push_back({SortKey(connections[i], MeasuresOf(connections[i]), ConnectionSort::kBytes), i});
  }
  std::vector<SortEntry> all = entries;
  SortFirst(absl::MakeSpan(all), all.size(), connections, ConnectionSort::kBytes, false);
  SortFirst(absl::MakeSpan(entries), 70, connections, ConnectionSort::kBytes, false);
  for (size_t i = 0; i < 70; ++i) EXPECT_EQ(entries[i].index, all[i].index) << i;
}

TEST(ConnectionSort, CountsInAnotherWayAreWhatIsSortedBy) {
  ConnectionSummary fast;
  fast.client_sent.payload_bytes_per_second = 100;
  Measures slow = MeasuresOf(fast);
  slow.up_bytes_per_second = 1;
  EXPECT_LT(SortKey(fast, MeasuresOf(fast), ConnectionSort::kRate), SortKey(fast, slow, ConnectionSort::kRate));
}

}  // namespace
}  // namespace tcpgauge
