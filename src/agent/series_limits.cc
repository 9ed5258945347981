// SPDX-License-Identifier: Apache-2.0
#include "src/agent/series_limits.h"

#include <cstddef>

namespace tcpgauge {

namespace {

EdgeDetail EdgeDetailOf(const Options& options) {
  return options.full_edge_detail ? EdgeDetail::kFull : EdgeDetail::kBasic;
}

}  // namespace

ExpositionLimits ExpositionLimitsOf(const Options& options) {
  return {static_cast<size_t>(options.series_limit), static_cast<size_t>(options.metrics_connections),
          EdgeDetailOf(options)};
}

SeriesPlan SeriesPlanOf(const Options& options) {
  const EdgeDetail detail = EdgeDetailOf(options);
  const size_t edges = options.metrics_edges ? static_cast<size_t>(*options.metrics_edges) : DefaultEdges(detail);
  return PlanSeries(static_cast<size_t>(options.series_limit), static_cast<size_t>(options.metrics_connections), edges,
                    detail);
}

}  // namespace tcpgauge
