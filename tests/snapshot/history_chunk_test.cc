// SPDX-License-Identifier: Apache-2.0
#include "src/snapshot/history_chunk.h"

#include <cstdint>
#include <memory>
#include <random>
#include <vector>

#include "gtest/gtest.h"
#include "src/base/time_units.h"

namespace tcpgauge {
namespace {

HistoryEdge Edge(uint16_t port) {
  HistoryEdge edge;
  edge.key.server.port = port;
  return edge;
}

// All members differ, and so do their lengths as varints.
HistoryCounts AllMembers(uint64_t factor) {
  HistoryCounts counts;
  uint64_t value = factor;
  for (const HistoryCounter& counter : kHistoryCounters) counts.*counter.member = value *= 3;
  counts.connections = factor;
  return counts;
}

ResponseCounts SomeBuckets(uint64_t factor) {
  ResponseCounts times;
  for (size_t i = factor % 7; i < ResponseCounts::kBuckets; i += 5)
    times.counts[i] = static_cast<uint32_t>(factor >> i);
  return times;
}

// The chunk is too large for the stack.
std::unique_ptr<HistoryChunk> Chunk() { return std::make_unique<HistoryChunk>(0, HistoryCounts()); }

// What the readers of the first `seconds` seconds see, by second and edge.
std::vector<std::vector<HistoryCounts>> Read(const HistoryChunk& chunk, size_t seconds) {
  std::vector<std::vector<HistoryCounts>> read;
  chunk.Visit(seconds, [&](size_t second, absl::Span<const HistoryCounts> counts, absl::Span<const ResponseCounts>) {
    EXPECT_EQ(second, read.size());
    read.emplace_back(counts.begin(), counts.end());
  });
  return read;
}

void ExpectEqual(const HistoryCounts& a, const HistoryCounts& b) {
  for (const HistoryCounter& counter : kHistoryCounters) {
    EXPECT_EQ(a.*counter.member, b.*counter.member) << counter.name;
  }
  EXPECT_EQ(a.connections, b.connections);
}

TEST(HistoryChunk, ReadsWhatWasWritten) {
  const auto chunk = Chunk();
  std::mt19937_64 random(1);
  std::vector<std::vector<HistoryCounts>> written;
  std::vector<std::vector<ResponseCounts>> written_times;
  std::vector<HistoryCounts> gauges;
  for (size_t second = 0; second < HistoryChunk::kSeconds; ++second) {
    chunk->AddEdge(Edge(static_cast<uint16_t>(second)));
    gauges.emplace_back();
    std::vector<HistoryCounts>& counts = written.emplace_back(gauges);
    std::vector<ResponseCounts>& times = written_times.emplace_back(gauges.size());
    for (size_t edge = 0; edge < gauges.size(); edge += 1 + random() % 3) {
      counts[edge] = AllMembers(random() >> (random() % 64));
      gauges[edge].connections = counts[edge].connections;
      if (random() % 2 == 0) times[edge] = SomeBuckets(random() >> (random() % 64));
      ASSERT_TRUE(chunk->Append(edge, counts[edge], times[edge]));
    }
    HistoryCounts totals;
    totals.segments = second;
    chunk->EndSecond(static_cast<int64_t>(second + 1) * kNanosecondsPerSecond, totals);
  }
  chunk->Visit(HistoryChunk::kSeconds,
               [&](size_t second, absl::Span<const HistoryCounts>, absl::Span<const ResponseCounts> times) {
                 ASSERT_EQ(times.size(), second + 1);
                 for (size_t edge = 0; edge < times.size(); ++edge) {
                   EXPECT_EQ(times[edge].counts, written_times[second][edge].counts) << second << " " << edge;
                 }
               });
  const auto read = Read(*chunk, HistoryChunk::kSeconds);
  ASSERT_EQ(read.size(), written.size());
  for (size_t second = 0; second < read.size(); ++second) {
    ASSERT_EQ(read[second].size(), second + 1) << "the edges that were listed then";
    for (size_t edge = 0; edge < read[second].size(); ++edge) ExpectEqual(read[second][edge], written[second][edge]);
    EXPECT_EQ(chunk->second(second).totals.segments, second);
    EXPECT_EQ(chunk->second(second).end_ns, static_cast<int64_t>(second + 1) * kNanosecondsPerSecond);
    EXPECT_EQ(chunk->edge(second).key.server.port, second);
  }
}

TEST(HistoryChunk, ReadersOfSomeSecondsSeeNothingOfLaterOnes) {
  const auto chunk = Chunk();
  chunk->AddEdge(Edge(1));
  ASSERT_TRUE(chunk->Append(0, AllMembers(5)));
  chunk->EndSecond(1, HistoryCounts());
  chunk->AddEdge(Edge(2));
  ASSERT_TRUE(chunk->Append(1, AllMembers(6)));
  const auto read = Read(*chunk, 1);
  ASSERT_EQ(read.size(), 1);
  ASSERT_EQ(read[0].size(), 1);
  ExpectEqual(read[0][0], AllMembers(5));
}

TEST(HistoryChunk, ASilentEdgeTakesNoBytesAndKeepsItsGauge) {
  const auto chunk = Chunk();
  chunk->AddEdge(Edge(1));
  HistoryCounts open;
  open.connections = 7;
  ASSERT_TRUE(chunk->Append(0, open));
  chunk->EndSecond(1, HistoryCounts());
  ASSERT_TRUE(chunk->Append(0, open));
  chunk->EndSecond(2, HistoryCounts());
  chunk->EndSecond(3, HistoryCounts());
  EXPECT_EQ(chunk->second(2).bytes, chunk->second(0).bytes);
  EXPECT_EQ(Read(*chunk, 3)[2][0].connections, 7);
}

TEST(HistoryChunk, EachSecondHasItsShareOfTheBytes) {
  HistoryCounts most;
  for (const HistoryCounter& counter : kHistoryCounters) most.*counter.member = UINT64_MAX;
  ResponseCounts most_times;
  most_times.counts.fill(UINT32_MAX);
  for (const bool with_times : {false, true}) {
    const auto chunk = Chunk();
    for (size_t edge = 0; edge < HistoryChunk::kMaxEdges; ++edge) chunk->AddEdge(Edge(static_cast<uint16_t>(edge)));
    size_t least = SIZE_MAX;
    for (size_t second = 0; second < HistoryChunk::kSeconds; ++second) {
      size_t appended = 0;
      while (appended < HistoryChunk::kMaxEdges &&
             chunk->Append(appended, most, with_times ? most_times : ResponseCounts())) {
        ++appended;
      }
      least = std::min(least, appended);
      chunk->EndSecond(static_cast<int64_t>(second + 1), HistoryCounts());
    }
    EXPECT_GE(least, with_times ? 4 : 10) << "even of these there is room in the last second";
    EXPECT_LE(chunk->second(HistoryChunk::kSeconds - 1).bytes, HistoryChunk::kBytes);
    EXPECT_EQ(Read(*chunk, HistoryChunk::kSeconds).back()[0].segments, UINT64_MAX);
  }
}

TEST(HistoryChunk, HasRoomForAHundredBusyEdges) {
  const auto chunk = Chunk();
  HistoryCounts busy;  // a thousand requests a second
  busy.client_payload_bytes = 400'000;
  busy.server_payload_bytes = 2'000'000;
  busy.segments = 3000;
  busy.responses = 1000;
  busy.response_us_sum = 1'000'000;
  for (size_t edge = 0; edge < 100; ++edge) chunk->AddEdge(Edge(static_cast<uint16_t>(edge)));
  for (size_t second = 0; second < HistoryChunk::kSeconds; ++second) {
    busy.connections = 50 + second % 2;
    for (size_t edge = 0; edge < 100; ++edge) ASSERT_TRUE(chunk->Append(edge, busy)) << second << " " << edge;
    chunk->EndSecond(static_cast<int64_t>(second + 1), HistoryCounts());
  }
}

}  // namespace
}  // namespace tcpgauge
