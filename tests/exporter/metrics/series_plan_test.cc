// SPDX-License-Identifier: Apache-2.0
#include "exporter/metrics/series_plan.h"

#include <gtest/gtest.h>

namespace tcpgauge {
namespace {

size_t SamplesOf(const SeriesPlan& plan, EdgeDetail detail) {
  return kFixedSamples + plan.interfaces * kSamplesPerInterface + (plan.edges + 1) * SamplesPerEdge(detail) +
         plan.services;
}

TEST(SeriesPlan, NoShareIsCutWithTheDefaultLimits) {
  for (const EdgeDetail detail : {EdgeDetail::kFull, EdgeDetail::kBasic}) {
    const SeriesPlan plan = PlanSeries(5000, 100, DefaultEdges(detail), detail);
    EXPECT_EQ(plan.interfaces, 32u);
    EXPECT_EQ(plan.edges, detail == EdgeDetail::kFull ? 150u : 400u);
    EXPECT_EQ(plan.services, kMaxServiceSamples);
    EXPECT_EQ(SamplesOf(plan, detail) + 100 * kSamplesPerConnection, detail == EdgeDetail::kFull ? 3437u : 4682u)
        << "docs/limits.md has this sum";
  }
}

TEST(SeriesPlan, TheSharesFitIntoEveryLimit) {
  for (const EdgeDetail detail : {EdgeDetail::kFull, EdgeDetail::kBasic}) {
    for (size_t limit = kMinSeriesLimit; limit < 6000; ++limit) {
      for (const size_t edges : {0, 1, 400, 15000}) {
        for (const size_t connections : {0, 1, 100, 100000}) {
          const SeriesPlan plan = PlanSeries(limit, connections, edges, detail);
          ASSERT_LE(SamplesOf(plan, detail), limit) << edges << " edges, " << connections << " connections";
          ASSERT_LE(plan.services, kMaxServiceSamples);
          ASSERT_GT(plan.services, 0u);
        }
      }
    }
  }
}

TEST(SeriesPlan, ExpositionsAndTheTableAgreeOnTheShareOfServices) {
  for (const EdgeDetail detail : {EdgeDetail::kFull, EdgeDetail::kBasic}) {
    for (const size_t limit : {300, 1000, 5000, 40000}) {
      EXPECT_EQ(PlanSeries(limit, 100, 0, detail).services, PlanSeries(limit, 100, 4000, detail).services);
    }
  }
}

}  // namespace
}  // namespace tcpgauge
