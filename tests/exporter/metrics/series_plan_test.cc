// SPDX-License-Identifier: Apache-2.0
#include "exporter/metrics/series_plan.h"

#include <gtest/gtest.h>

namespace tcpgauge {
namespace {

size_t SamplesOf(const SeriesPlan& plan) {
  return kFixedSamples + plan.interfaces * kSamplesPerInterface + (plan.edges + 1) * kSamplesPerEdge + plan.services;
}

TEST(SeriesPlan, NoShareIsCutWithTheDefaultLimits) {
  const SeriesPlan plan = PlanSeries(5000, 100, 400);
  EXPECT_EQ(plan.interfaces, 32u);
  EXPECT_EQ(plan.edges, 400u);
  EXPECT_EQ(plan.services, kMaxServiceSamples);
  EXPECT_EQ(SamplesOf(plan) + 100 * kSamplesPerConnection, 4679u) << "docs/limits.md has this sum";
}

TEST(SeriesPlan, TheSharesFitIntoEveryLimit) {
  for (size_t limit = kMinSeriesLimit; limit < 6000; ++limit) {
    for (const size_t edges : {0, 1, 400, 15000}) {
      for (const size_t connections : {0, 1, 100, 100000}) {
        const SeriesPlan plan = PlanSeries(limit, connections, edges);
        ASSERT_LE(SamplesOf(plan), limit) << edges << " edges, " << connections << " connections";
        ASSERT_LE(plan.services, kMaxServiceSamples);
        ASSERT_GT(plan.services, 0u);
      }
    }
  }
}

TEST(SeriesPlan, ExpositionsAndTheTableAgreeOnTheShareOfServices) {
  for (const size_t limit : {300, 1000, 5000, 40000}) {
    EXPECT_EQ(PlanSeries(limit, 100, 0).services, PlanSeries(limit, 100, 4000).services);
  }
}

}  // namespace
}  // namespace tcpgauge
