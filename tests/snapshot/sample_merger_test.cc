// SPDX-License-Identifier: Apache-2.0
#include "src/snapshot/sample_merger.h"

#include <cstdint>
#include <vector>

#include "gtest/gtest.h"
#include "src/base/time_units.h"

namespace tcpgauge {
namespace {

constexpr int64_t kStartNs = 1700000000 * kNanosecondsPerSecond;

SampledEdge Edge(uint16_t port, uint64_t payload_bytes, int64_t start_time_ns = 0, uint8_t local_ends = 0) {
  SampledEdge edge;
  edge.key.server.port = port;
  edge.key.local_ends = local_ends;
  edge.start_time_ns = start_time_ns;
  edge.counts.client_payload_bytes = payload_bytes;
  edge.counts.connections = 1;
  return edge;
}

class SampleMergerTest : public testing::Test {
 protected:
  // The worker publishes the sample of a second.
  void Publish(size_t worker, int64_t second, uint64_t total_bytes, const std::vector<SampledEdge>& edges = {}) {
    WorkerSample& back = buffers_[worker].back();
    back = WorkerSample();
    back.second = second;
    back.time_ns = kStartNs + (second == INT64_MAX ? 5 : second) * kNanosecondsPerSecond;
    back.totals.client_payload_bytes = total_bytes;
    back.edges = edges;
    buffers_[worker].Publish();
  }
  std::vector<uint64_t> Totals() const {
    std::vector<uint64_t> bytes;
    const HistoryView view = history_.Now();
    for (const HistorySecond& second : view.seconds()) bytes.push_back(second.totals.client_payload_bytes);
    return bytes;
  }
  std::vector<uint64_t> BytesOf(uint16_t port) const {
    std::vector<uint64_t> bytes;
    for (const HistoryCounts& counts :
         history_.Now().SumOf([port](const HistoryEdge& edge) { return edge.key.server.port == port; })) {
      bytes.push_back(counts.payload_bytes());
    }
    return bytes;
  }

  TripleBuffer<WorkerSample> buffers_[2];
  History history_{300, HistoryView::kMaxSeconds};
  SampleMerger merger_{{&buffers_[0], &buffers_[1]}, &history_};
};

TEST_F(SampleMergerTest, ASecondIsCompleteWhenEveryWorkerHasSampledIt) {
  Publish(0, 1, 10);
  merger_.Merge();
  EXPECT_TRUE(Totals().empty());
  Publish(1, 1, 100);
  merger_.Merge();
  EXPECT_EQ(Totals(), (std::vector<uint64_t>{110}));
  merger_.Merge();
  Publish(0, 2, 11);
  merger_.Merge();
  EXPECT_EQ(Totals().size(), 1);
  Publish(1, 2, 105);
  merger_.Merge();
  EXPECT_EQ(Totals(), (std::vector<uint64_t>{110, 6}));
}

TEST_F(SampleMergerTest, AWorkerThatMissesASecondMakesALongOne) {
  Publish(0, 1, 10);
  Publish(1, 1, 100);
  merger_.Merge();
  Publish(0, 2, 20);
  merger_.Merge();
  Publish(0, 3, 30);
  Publish(1, 3, 300);
  merger_.Merge();
  EXPECT_EQ(Totals(), (std::vector<uint64_t>{110, 220}));
  EXPECT_EQ(history_.Now().seconds()[1].end_ns - history_.Now().seconds()[1].begin_ns, 2 * kNanosecondsPerSecond);
}

TEST_F(SampleMergerTest, AWorkerThatHasEndedHoldsNobodyUp) {
  Publish(0, 1, 10);
  Publish(1, 1, 100);
  merger_.Merge();
  Publish(1, INT64_MAX, 100);
  for (int64_t second = 2; second < 5; ++second) {
    Publish(0, second, 10 * static_cast<uint64_t>(second));
    merger_.Merge();
  }
  EXPECT_EQ(Totals(), (std::vector<uint64_t>{110, 10, 10, 10}));
  EXPECT_EQ(history_.Now().seconds().back().end_ns, kStartNs + 4 * kNanosecondsPerSecond);
  Publish(0, INT64_MAX, 45);
  merger_.Merge();
  EXPECT_EQ(Totals(), (std::vector<uint64_t>{110, 10, 10, 10, 5}));
}

TEST_F(SampleMergerTest, TheConnectionsOfAnEdgeMayBeInSeveralTables) {
  Publish(0, 1, 0, {Edge(80, 5)});
  Publish(1, 1, 0, {Edge(80, 50)});
  merger_.Merge();
  Publish(0, 2, 0, {Edge(80, 6)});
  Publish(1, 2, 0);  // its series have ended there
  merger_.Merge();
  Publish(0, 3, 0, {Edge(80, 8)});
  Publish(1, 3, 0, {Edge(80, 20, 7)});  // and have begun again
  merger_.Merge();
  EXPECT_EQ(BytesOf(80), (std::vector<uint64_t>{55, 1, 22}));
  EXPECT_EQ(history_.Now().SumOf([](const HistoryEdge&) { return true; }).back().connections, 2);
}

TEST_F(SampleMergerTest, SeriesThatBeginAgainAtOnceCountFromZero) {
  Publish(1, INT64_MAX, 0);
  Publish(0, 1, 0, {Edge(80, 100)});
  merger_.Merge();
  Publish(0, 2, 0, {Edge(80, 130, 7)});
  merger_.Merge();
  EXPECT_EQ(BytesOf(80), (std::vector<uint64_t>{100, 130}));
}

TEST_F(SampleMergerTest, EdgesThatDifferOnlyInLocalEndsAreOne) {
  Publish(1, INT64_MAX, 0);
  Publish(0, 1, 0, {Edge(80, 1, 0, 1), Edge(80, 2, 0, 2)});
  merger_.Merge();
  Publish(0, 2, 0, {Edge(80, 11, 0, 1), Edge(80, 22, 0, 2)});
  merger_.Merge();
  EXPECT_EQ(BytesOf(80), (std::vector<uint64_t>{3, 30}));
  EXPECT_EQ(history_.Now().edges().size(), 1);
}

}  // namespace
}  // namespace tcpgauge
