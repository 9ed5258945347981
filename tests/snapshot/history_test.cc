// SPDX-License-Identifier: Apache-2.0
#include "src/snapshot/history.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <numeric>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "src/base/time_units.h"

namespace tcpgauge {
namespace {

constexpr int64_t kStartNs = 1700000000 * kNanosecondsPerSecond;
constexpr size_t kMaxEdges = 300;

HistoryEdge Edge(uint16_t port) {
  HistoryEdge edge;
  edge.key.server.port = port;
  return edge;
}

HistoryCounts Payload(uint64_t bytes) {
  HistoryCounts counts;
  counts.client_payload_bytes = bytes;
  counts.connections = 1;
  return counts;
}

class HistoryTest : public testing::Test {
 protected:
  // Records the next second, in which the edges to these ports carried so many bytes.
  void Record(const std::map<uint16_t, uint64_t>& bytes_by_port, int64_t length_ns = kNanosecondsPerSecond) {
    sample_.time_ns += length_ns;
    sample_.edges.clear();
    for (const auto& [port, bytes] : bytes_by_port) {
      sample_.edges.push_back({Edge(port), Payload(bytes)});
      sample_.totals.client_payload_bytes += bytes;
      sample_.totals.connections = bytes_by_port.size();
    }
    history_.Record(sample_);
  }

  // The bytes of an edge by second; -1 where it was not recorded.
  static std::vector<int64_t> BytesOf(const HistoryView& view, uint16_t port) {
    std::vector<int64_t> bytes(view.seconds().size(), -1);
    view.VisitEdges([&](size_t edge, size_t second, const HistoryCounts& counts) {
      if (view.edges()[edge].key.server.port == port) bytes[second] = static_cast<int64_t>(counts.payload_bytes());
    });
    return bytes;
  }
  static uint64_t Sum(const std::vector<HistoryCounts>& seconds) {
    uint64_t sum = 0;
    for (const HistoryCounts& counts : seconds) sum += counts.payload_bytes();
    return sum;
  }

  HistorySample sample_ = {kStartNs, 0, {}, {}};
  History history_{kMaxEdges, HistoryView::kMaxSeconds};
};

TEST_F(HistoryTest, IsEmptyAtFirst) {
  const HistoryView view = history_.Now();
  EXPECT_TRUE(view.seconds().empty());
  EXPECT_TRUE(view.edges().empty());
  EXPECT_TRUE(view.SumOf([](const HistoryEdge&) { return true; }).empty());
}

TEST_F(HistoryTest, TellsWhatEachSecondBrought) {
  Record({{80, 100}});
  Record({{80, 0}, {443, 50}});
  Record({{80, 7}, {443, 60}});
  const HistoryView view = history_.Now();
  ASSERT_EQ(view.seconds().size(), 3);
  EXPECT_EQ(view.seconds()[0].begin_ns, kStartNs);
  EXPECT_EQ(view.seconds()[2].begin_ns, view.seconds()[1].end_ns);
  EXPECT_EQ(view.seconds()[2].end_ns, kStartNs + 3 * kNanosecondsPerSecond);
  EXPECT_EQ(view.before().payload_bytes(), 0);
  EXPECT_EQ(view.seconds()[0].totals.client_payload_bytes, 100);
  EXPECT_EQ(view.seconds()[1].totals.client_payload_bytes, 50);
  EXPECT_EQ(view.seconds()[2].totals.client_payload_bytes, 67);
  EXPECT_EQ(view.seconds()[2].totals.connections, 2);
  EXPECT_EQ(BytesOf(view, 80), (std::vector<int64_t>{100, 0, 7}));
  EXPECT_EQ(BytesOf(view, 443), (std::vector<int64_t>{-1, 50, 60}));
}

TEST_F(HistoryTest, EveryTenSecondsAnEdgeTellsItsResponseTimes) {
  constexpr size_t kBucket = 7;
  const auto record = [this](const std::map<uint16_t, uint32_t>& responses_by_port) {
    sample_.time_ns += kNanosecondsPerSecond;
    sample_.edges.clear();
    for (const auto& [port, responses] : responses_by_port) {
      ResponseCounts times;
      times.counts[kBucket] = responses;
      sample_.edges.push_back({Edge(port), Payload(100), times});
    }
    history_.Record(sample_);
  };
  const auto responses_of = [this](uint16_t port) {
    std::vector<uint32_t> responses;
    const auto is_wanted = [port](const HistoryEdge& edge) { return edge.key.server.port == port; };
    for (const ResponseCounts& times : history_.Now().ResponseTimesOf(is_wanted)) {
      responses.push_back(times.counts[kBucket]);
    }
    return responses;
  };
  constexpr size_t kPeriod = History::kResponseSeconds;
  // Longer than a chunk, so that some wait for the next one.
  for (size_t second = 0; second < 2 * HistoryChunk::kSeconds + 5; ++second) record({{80, 1}, {443, 100}});
  for (size_t second = 0; second < kPeriod; ++second) record({{80, 0}, {443, 0}});
  for (const auto& [port, factor] : std::map<uint16_t, uint32_t>{{80, 1}, {443, 100}}) {
    const std::vector<uint32_t> responses = responses_of(port);
    EXPECT_EQ(std::accumulate(responses.begin(), responses.end(), 0u), factor * (2 * HistoryChunk::kSeconds + 5));
    for (size_t begin = 0; begin < 2 * HistoryChunk::kSeconds; begin += kPeriod) {
      const auto first = responses.begin() + static_cast<ptrdiff_t>(begin);
      EXPECT_EQ(std::count(first, first + kPeriod, 0u), kPeriod - 1)
          << port << ": it tells once, from second " << begin;
    }
  }
  // An edge that loses its series meanwhile has its turn nevertheless.
  record({{80, 5}, {443, 0}});
  for (size_t second = 0; second < kPeriod; ++second) record({{443, 0}});
  const std::vector<uint32_t> responses = responses_of(80);
  EXPECT_EQ(std::accumulate(responses.begin(), responses.end(), 0u), 2 * HistoryChunk::kSeconds + 5 + 5);
}

TEST_F(HistoryTest, KeepsTenMinutesAndWhatWasCountedBefore) {
  for (uint64_t second = 1; second <= 1000; ++second) Record({{80, second}});
  const HistoryView view = history_.Now();
  ASSERT_EQ(view.seconds().size(), 600);
  const std::vector<int64_t> bytes = BytesOf(view, 80);
  uint64_t counted = view.before().client_payload_bytes;
  EXPECT_EQ(counted, 400 * 401 / 2);
  for (size_t i = 0; i < 600; ++i) {
    EXPECT_EQ(view.seconds()[i].totals.client_payload_bytes, 401 + i);
    EXPECT_EQ(view.seconds()[i].end_ns, kStartNs + static_cast<int64_t>(401 + i) * kNanosecondsPerSecond);
    EXPECT_EQ(bytes[i], 401 + i);
    counted += view.seconds()[i].totals.client_payload_bytes;
  }
  EXPECT_EQ(counted, sample_.totals.client_payload_bytes);
}

TEST_F(HistoryTest, ShowsOnlySecondsThatEndedWithinTenMinutes) {
  for (int i = 0; i < 10; ++i) Record({{80, 1}});
  Record({{80, 1}}, 595 * kNanosecondsPerSecond);
  const HistoryView view = history_.Now();
  ASSERT_EQ(view.seconds().size(), 6);
  EXPECT_EQ(view.seconds().back().end_ns - view.seconds().back().begin_ns, 595 * kNanosecondsPerSecond);
  EXPECT_EQ(view.before().client_payload_bytes, 5);
  EXPECT_EQ(view.seconds().back().begin_ns, kStartNs + 10 * kNanosecondsPerSecond) << "the seconds have no gaps";
}

TEST_F(HistoryTest, WhatCameWhileTimeStoodStillBelongsToTheNextSecond) {
  Record({{80, 1}});
  Record({{80, 2}}, 0);
  EXPECT_EQ(history_.Now().seconds().size(), 1);
  Record({{80, 4}});
  const HistoryView view = history_.Now();
  ASSERT_EQ(view.seconds().size(), 2);
  EXPECT_EQ(view.seconds()[1].totals.client_payload_bytes, 6);
  EXPECT_EQ(BytesOf(view, 80), (std::vector<int64_t>{1, 6}));
}

TEST_F(HistoryTest, AClockStepChangesNoTime) {
  Record({{80, 1}});
  sample_.clock_stepped_ns = -3600 * kNanosecondsPerSecond;
  Record({{80, 1}});
  const HistoryView view = history_.Now();
  ASSERT_EQ(view.seconds().size(), 2);
  EXPECT_EQ(view.seconds()[1].end_ns, kStartNs + 2 * kNanosecondsPerSecond);
  EXPECT_EQ(view.clock_stepped_ns(), -3600 * kNanosecondsPerSecond);
}

TEST_F(HistoryTest, AViewDoesNotChange) {
  Record({{80, 1}});
  const HistoryView view = history_.Now();
  for (int i = 0; i < 700; ++i) Record({{443, 5}});
  EXPECT_EQ(view.seconds().size(), 1);
  EXPECT_EQ(BytesOf(view, 80), (std::vector<int64_t>{1}));
  EXPECT_EQ(view.edges().size(), 1);
}

TEST_F(HistoryTest, AnEdgeThatIsGoneKeepsItsPastUntilItIsTenMinutesOld) {
  Record({{80, 1000}});
  for (int i = 0; i < 599; ++i) Record({{443, 1}});
  HistoryView view = history_.Now();
  EXPECT_EQ(BytesOf(view, 80)[0], 1000);
  EXPECT_EQ(BytesOf(view, 80)[1], 0) << "it has no series any more";
  EXPECT_EQ(BytesOf(view, 80)[599], -1);
  const std::vector<HistoryCounts> sum = view.SumOf([](const HistoryEdge& edge) { return edge.key.server.port == 80; });
  EXPECT_EQ(sum[0].connections, 1);
  EXPECT_EQ(sum[1].connections, 0);
  Record({{443, 1}});
  view = history_.Now();
  EXPECT_EQ(BytesOf(view, 80)[0], 0) << "the second before is too old now";
}

TEST_F(HistoryTest, RecordsTheHundredHeaviest) {
  std::map<uint16_t, uint64_t> bytes;
  for (uint16_t port = 1; port <= 200; ++port) bytes[port] = port;
  for (size_t i = 0; i < HistoryChunk::kSeconds; ++i) Record(bytes);
  Record(bytes);  // the first second of a chunk
  std::vector<bool> recorded(201);
  const HistoryView view = history_.Now();
  view.VisitEdges([&](size_t edge, size_t second, const HistoryCounts&) {
    if (second == HistoryChunk::kSeconds) recorded[view.edges()[edge].key.server.port] = true;
  });
  EXPECT_EQ(std::count(recorded.begin(), recorded.end(), true), 100);
  for (size_t port = 101; port <= 200; ++port) EXPECT_TRUE(recorded[port]) << port;
}

TEST_F(HistoryTest, AnEdgeThatBecomesHeavyIsRecordedAtOnce) {
  std::map<uint16_t, uint64_t> bytes;
  for (uint16_t port = 1; port <= 100; ++port) bytes[port] = 1000;
  for (int i = 0; i < 5; ++i) Record(bytes);
  bytes[5000] = 1;
  Record(bytes);
  EXPECT_EQ(BytesOf(history_.Now(), 5000).back(), -1) << "lighter than all others";
  bytes[5000] = 1'000'000;
  Record(bytes);
  EXPECT_EQ(BytesOf(history_.Now(), 5000).back(), 1'000'001) << "with what was not recorded before";
}

TEST_F(HistoryTest, AnEdgeWithoutPayloadIsRecordedIfItsAttemptsAreMany) {
  std::map<uint16_t, uint64_t> bytes;
  for (uint16_t port = 1; port <= 100; ++port) bytes[port] = 1000;
  Record(bytes);
  sample_.time_ns += kNanosecondsPerSecond;
  HistoryCounts failing;
  failing.syn_retransmissions = 10;
  sample_.edges.push_back({Edge(5000), failing});
  history_.Record(sample_);
  EXPECT_EQ(BytesOf(history_.Now(), 5000).back(), 0);
}

TEST_F(HistoryTest, SumsStayExactWhenTheBytesDoNotSuffice) {
  // Every counter of each edge grows in each second, by more than there is room for.
  constexpr uint64_t kGrowth = 1 << 20;
  HistoryCounts all;
  for (const HistoryCounter& counter : kHistoryCounters) all.*counter.member = kGrowth;
  for (uint16_t port = 1; port <= 100; ++port) sample_.edges.push_back({Edge(port), all});
  constexpr uint64_t kSeconds = 120;
  for (uint64_t i = 0; i < kSeconds; ++i) {
    sample_.time_ns += kNanosecondsPerSecond;
    history_.Record(sample_);
  }
  for (HistoryEdgeCounts& edge : sample_.edges) edge.counts = HistoryCounts();
  for (int i = 0; i < 10; ++i) {  // until all that waited is recorded
    sample_.time_ns += kNanosecondsPerSecond;
    history_.Record(sample_);
  }
  const HistoryView view = history_.Now();
  ASSERT_EQ(view.seconds().size(), kSeconds + 10);
  std::map<uint16_t, HistoryCounts> sums;
  std::map<uint16_t, size_t> last;
  size_t longest = 0;
  view.VisitEdges([&](size_t edge, size_t second, const HistoryCounts& counts) {
    const uint16_t port = view.edges()[edge].key.server.port;
    sums[port].Add(counts);
    if (counts.segments == 0 || second >= kSeconds) return;
    longest = std::max(longest, second - last[port]);
    last[port] = second;
  });
  ASSERT_EQ(sums.size(), 100);
  for (const auto& [port, sum] : sums) {
    for (const HistoryCounter& counter : kHistoryCounters) {
      EXPECT_EQ(sum.*counter.member, kSeconds * kGrowth) << port << " " << counter.name;
    }
  }
  EXPECT_LE(longest, 4) << "no edge waits while others are recorded again and again";
}

TEST_F(HistoryTest, MemoryIsBoundedHoweverLongReadersKeepTheirViews) {
  std::vector<HistoryView> views;
  for (int i = 0; i < 800; ++i) {
    Record({{80, 1}});
    if (i % 25 == 0) views.push_back(history_.Now());
  }
  // Each view keeps chunks, so none could be made any more.
  const HistoryView stuck = history_.Now();
  constexpr size_t kMaxChunks = HistoryView::kMaxSeconds / HistoryChunk::kSeconds + 2;
  EXPECT_EQ(stuck.seconds().back().end_ns,
            kStartNs + static_cast<int64_t>(kMaxChunks * HistoryChunk::kSeconds) * kNanosecondsPerSecond);
  EXPECT_EQ(BytesOf(views[0], 80), (std::vector<int64_t>{1}));
  views.clear();
  Record({{80, 1}});
  EXPECT_EQ(history_.Now().seconds().back().end_ns, sample_.time_ns) << "one view leaves room for two chunks";
}

TEST_F(HistoryTest, WhatCameWhileReadersHeldAllMemoryBelongsToTheNextSecond) {
  {
    std::vector<HistoryView> views;
    for (int i = 0; i < 800; ++i) {
      Record({{80, 1}});
      if (i % 25 == 0) views.push_back(history_.Now());
    }
  }
  Record({{80, 1}});
  const HistoryView view = history_.Now();
  EXPECT_EQ(view.seconds().back().end_ns, sample_.time_ns);
  uint64_t counted = view.before().client_payload_bytes;
  for (const HistorySecond& second : view.seconds()) counted += second.totals.client_payload_bytes;
  EXPECT_EQ(counted, 801);
  EXPECT_EQ(BytesOf(view, 80).back(), static_cast<int64_t>(view.seconds().back().totals.client_payload_bytes));
}

TEST_F(HistoryTest, BeginsAnewAtAnyTime) {
  Record({{80, 100}});
  Record({{80, 200}, {443, 1}});
  const HistoryView old = history_.Now();
  const int64_t earlier_ns = sample_.time_ns - 3600 * kNanosecondsPerSecond + 1;
  history_.BeginAnew(earlier_ns);
  EXPECT_TRUE(history_.Now().seconds().empty());
  EXPECT_EQ(BytesOf(old, 80), (std::vector<int64_t>{100, 200})) << "who reads it still has it";
  sample_.time_ns = earlier_ns;
  Record({{80, 7}}, kNanosecondsPerSecond / 4);
  const HistoryView view = history_.Now();
  ASSERT_EQ(view.seconds().size(), 1);
  EXPECT_EQ(view.seconds()[0].begin_ns, earlier_ns);
  EXPECT_EQ(view.seconds()[0].end_ns, earlier_ns + kNanosecondsPerSecond / 4);
  EXPECT_EQ(view.edges().size(), 1);
  EXPECT_EQ(BytesOf(view, 80), std::vector<int64_t>{7});
}

TEST_F(HistoryTest, BeginsAnewAgainAndAgain) {
  for (int i = 0; i < 100; ++i) {
    history_.BeginAnew(sample_.time_ns);
    Record({{80, 5}});
    Record({{80, 6}});
    EXPECT_EQ(BytesOf(history_.Now(), 80), (std::vector<int64_t>{5, 6}));
  }
}

TEST_F(HistoryTest, AViewOutlivesItsHistory) {
  auto history = std::make_unique<History>(kMaxEdges, HistoryView::kMaxSeconds);
  sample_.time_ns += kNanosecondsPerSecond;
  sample_.edges.push_back({Edge(80), Payload(5)});
  history->Record(sample_);
  const HistoryView view = history->Now();
  history.reset();
  EXPECT_EQ(BytesOf(view, 80), (std::vector<int64_t>{5}));
}

TEST(HistoryMemory, TenMinutesOfTheUsualEdgesTakeLessThanTwoMegabytes) {
  EXPECT_LT(History::MemoryBytes(150, 600), 1'800'000);
  EXPECT_LT(History::MemoryBytes(300, 600), 1'900'000);
  EXPECT_LT(History::MemoryBytes(150, 120), History::MemoryBytes(150, 600) / 2);
}

}  // namespace
}  // namespace tcpgauge
