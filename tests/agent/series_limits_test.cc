// SPDX-License-Identifier: Apache-2.0
#include "src/agent/series_limits.h"

#include <gtest/gtest.h>

#include <optional>

#include "src/naming/identity_level.h"
#include "src/options/options.h"

namespace tcpgauge {
namespace {

TEST(SeriesLimits, TheDefaultsNeedNothingCut) {
  const SeriesPlan plan = SeriesPlanOf(Options());
  EXPECT_EQ(plan.edges, 150u);
  EXPECT_EQ(plan.workload_edges, 60u);
  EXPECT_EQ(plan.endpoints, kMaxEndpointSamples);
}

TEST(SeriesLimits, BasicDetailHasMoreEdgesAndAsManyWorkloadEdges) {
  Options options;
  options.full_edge_detail = false;
  EXPECT_EQ(ExpositionLimitsOf(options).edge_detail, EdgeDetail::kBasic);
  EXPECT_EQ(SeriesPlanOf(options).edges, 300u);
  EXPECT_EQ(SeriesPlanOf(options).workload_edges, 60u);
}

TEST(SeriesLimits, WithoutIdentitiesNothingIsKeptForNames) {
  Options options;
  options.identity = IdentityLevel::kOff;
  EXPECT_EQ(ExpositionLimitsOf(options).workload_edges, std::nullopt);
  options.read_file = "capture.pcap";
  options.identity_file = "names.json";
  EXPECT_EQ(ExpositionLimitsOf(options).workload_edges, 60u) << "a file of names gives identities too";
}

TEST(SeriesLimits, WithoutWorkloadEdgesTheRestOfThemIsStillShown) {
  Options options;
  options.metrics_workload_edges = 0;
  EXPECT_EQ(ExpositionLimitsOf(options).workload_edges, 0u);
  EXPECT_EQ(SeriesPlanOf(options).workload_edges, 0u);
  EXPECT_GT(SeriesPlanOf(options).endpoints, 0u);
}

}  // namespace
}  // namespace tcpgauge
