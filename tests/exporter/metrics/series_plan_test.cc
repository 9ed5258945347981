// SPDX-License-Identifier: Apache-2.0
#include "exporter/metrics/series_plan.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <optional>

namespace tcpgauge {
namespace {

ExpositionLimits Limits(size_t series, size_t connections, size_t edges, EdgeDetail detail,
                        std::optional<size_t> workload_edges) {
  return {series, connections, detail, edges, workload_edges};
}

size_t SamplesOf(const SeriesPlan& plan, const ExpositionLimits& limits) {
  size_t samples = kFixedSamples + plan.interfaces * kSamplesPerInterface +
                   (plan.edges + 1) * SamplesPerEdge(limits.edge_detail, limits.edge_buckets) + plan.services;
  if (limits.workload_edges.has_value()) {
    samples += kFixedIdentitySamples +
               (plan.workload_edges + kReporters) * SamplesPerWorkloadEdge(limits.edge_detail, limits.edge_buckets) +
               plan.zones + plan.listeners * kSamplesPerListener + plan.endpoints;
  }
  return samples;
}

TEST(SeriesPlan, NoShareIsCutWithTheDefaultLimits) {
  for (const EdgeDetail detail : {EdgeDetail::kFull, EdgeDetail::kBasic}) {
    const ExpositionLimits limits = Limits(5000, 100, DefaultEdges(detail), detail, std::nullopt);
    const SeriesPlan plan = PlanSeries(limits);
    EXPECT_EQ(plan.interfaces, 32u);
    EXPECT_EQ(plan.edges, detail == EdgeDetail::kFull ? 150u : 300u);
    EXPECT_EQ(plan.services, kMaxServiceSamples);
    EXPECT_EQ(SamplesOf(plan, limits) + 100 * kSamplesPerConnection, detail == EdgeDetail::kFull ? 4104u : 4547u)
        << "docs/limits.md has this sum";
  }
}

TEST(SeriesPlan, NamesTakeTheirRoomInTheDefaultLimitsFromConnections) {
  const ExpositionLimits limits = Limits(5000, 100, 150, EdgeDetail::kFull, 60);
  const SeriesPlan plan = PlanSeries(limits);
  EXPECT_EQ(plan.interfaces, 32u);
  EXPECT_EQ(plan.edges, 150u);
  EXPECT_EQ(plan.services, kMaxServiceSamples);
  EXPECT_EQ(plan.workload_edges, 60u);
  EXPECT_EQ(plan.listeners, kMaxListeners);
  EXPECT_EQ(plan.zones, kMaxZoneSamples);
  EXPECT_EQ(plan.endpoints, kMaxEndpointSamples);
  EXPECT_EQ(SamplesOf(plan, limits), 4515u) << "docs/limits.md has this sum";
  EXPECT_EQ((5000 - SamplesOf(plan, limits)) / kSamplesPerConnection, 53u) << "docs/limits.md has this number";
}

TEST(SeriesPlan, WithBasicDetailNamesTakeTheirRoomFromConnectionsAndEndpoints) {
  const ExpositionLimits limits = Limits(5000, 100, 300, EdgeDetail::kBasic, 60);
  const SeriesPlan plan = PlanSeries(limits);
  EXPECT_EQ(plan.interfaces, 32u);
  EXPECT_EQ(plan.edges, 300u);
  EXPECT_EQ(plan.services, kMaxServiceSamples);
  EXPECT_EQ(plan.workload_edges, 60u);
  EXPECT_EQ(plan.listeners, kMaxListeners);
  EXPECT_EQ(plan.zones, kMaxZoneSamples);
  EXPECT_EQ(plan.endpoints, 94u) << "docs/limits.md has this number";
  EXPECT_EQ(SamplesOf(plan, limits), 4550u) << "docs/limits.md has this sum";
  EXPECT_EQ((5000 - SamplesOf(plan, limits)) / kSamplesPerConnection, 50u) << "docs/limits.md has this number";
}

TEST(SeriesPlan, WithFewerEdgesThereIsRoomForEverything) {
  for (const EdgeDetail detail : {EdgeDetail::kFull, EdgeDetail::kBasic}) {
    const size_t edges = detail == EdgeDetail::kFull ? 125 : 235;
    const ExpositionLimits limits = Limits(5000, 100, edges, detail, 60);
    const SeriesPlan plan = PlanSeries(limits);
    EXPECT_EQ(plan.edges, edges) << "docs/limits.md has this number";
    EXPECT_EQ(plan.endpoints, kMaxEndpointSamples);
    EXPECT_GE((5000 - SamplesOf(plan, limits)) / kSamplesPerConnection, 100u);
  }
}

TEST(SeriesPlan, BucketsOfEdgesNeedALimitThatIsSetForThem) {
  ExpositionLimits limits = Limits(5000, 100, 150, EdgeDetail::kFull, 60);
  limits.edge_buckets = true;
  EXPECT_LT(PlanSeries(limits).edges, 60u);
  EXPECT_GT(PlanSeries(limits).edges, 40u) << "docs/limits.md has this number";
  limits.series = 15000;
  const SeriesPlan plan = PlanSeries(limits);
  EXPECT_EQ(plan.edges, 150u) << "docs/limits.md has this number";
  EXPECT_EQ(plan.workload_edges, 60u);
  EXPECT_GE((15000 - SamplesOf(plan, limits)) / kSamplesPerConnection, 100u);
}

TEST(SeriesPlan, TheSharesFitIntoEveryLimit) {
  for (const EdgeDetail detail : {EdgeDetail::kFull, EdgeDetail::kBasic}) {
    for (size_t series = kMinSeriesLimit; series < 6000; ++series) {
      for (const size_t edges : {0, 1, 400, 15000}) {
        for (const size_t connections : {0, 1, 100, 100000}) {
          for (const std::optional<size_t> workload_edges : {std::optional<size_t>(), std::optional<size_t>(0),
                                                             std::optional<size_t>(60), std::optional<size_t>(5000)}) {
            ExpositionLimits limits = Limits(series, connections, edges, detail, workload_edges);
            limits.edge_buckets = series % 2 == 0;
            const SeriesPlan plan = PlanSeries(limits);
            ASSERT_LE(SamplesOf(plan, limits), series) << edges << " edges, " << connections << " connections, "
                                                       << workload_edges.value_or(0) << " workload edges";
            ASSERT_LE(plan.edges, edges);
            ASSERT_LE(plan.workload_edges, workload_edges.value_or(0));
            ASSERT_LE(plan.services, kMaxServiceSamples);
            ASSERT_GT(plan.services, 0u);
            ASSERT_LE(plan.zones, kMaxZoneSamples);
            ASSERT_LE(plan.listeners, kMaxListeners);
            ASSERT_LE(plan.endpoints, kMaxEndpointSamples);
          }
        }
      }
    }
  }
}

TEST(SeriesPlan, WithoutIdentitiesNoSampleIsKeptForNames) {
  const SeriesPlan plan = PlanSeries(Limits(5000, 100, 150, EdgeDetail::kFull, std::nullopt));
  EXPECT_EQ(plan.workload_edges + plan.zones + plan.listeners + plan.endpoints, 0u);
}

TEST(SeriesPlan, SharesOfSmallLimitsAreInProportion) {
  const SeriesPlan plan = PlanSeries(Limits(1200, 100, 150, EdgeDetail::kFull, 60));
  EXPECT_GT(plan.edges, 20u);
  EXPECT_NEAR(static_cast<double>(plan.edges) / static_cast<double>(plan.workload_edges), 150.0 / 60, 0.3);
  EXPECT_GT(plan.zones, 0u);
  EXPECT_GT(plan.listeners, 0u);
  EXPECT_GT(plan.endpoints, 0u);
}

}  // namespace
}  // namespace tcpgauge
