// SPDX-License-Identifier: Apache-2.0
#include "src/agent/series_limits.h"

#include <cstddef>

namespace tcpgauge {

ExpositionLimits ExpositionLimitsOf(const Options& options) {
  ExpositionLimits limits;
  limits.series = static_cast<size_t>(options.series_limit);
  limits.connections = static_cast<size_t>(options.metrics_connections);
  limits.edge_detail = options.full_edge_detail ? EdgeDetail::kFull : EdgeDetail::kBasic;
  limits.edge_buckets = options.edge_buckets;
  limits.edges = options.metrics_edges ? static_cast<size_t>(*options.metrics_edges) : DefaultEdges(limits.edge_detail);
  if (NamesEnds(options)) limits.workload_edges = static_cast<size_t>(options.metrics_workload_edges);
  return limits;
}

SeriesPlan SeriesPlanOf(const Options& options) { return PlanSeries(ExpositionLimitsOf(options)); }

}  // namespace tcpgauge
