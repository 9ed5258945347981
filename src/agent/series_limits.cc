// SPDX-License-Identifier: Apache-2.0
#include "src/agent/series_limits.h"

#include <cstddef>

namespace tcpgauge {

ExpositionLimits ExpositionLimitsOf(const Options& options) {
  return {static_cast<size_t>(options.series_limit), static_cast<size_t>(options.metrics_connections)};
}

SeriesPlan SeriesPlanOf(const Options& options) {
  return PlanSeries(static_cast<size_t>(options.series_limit), static_cast<size_t>(options.metrics_connections),
                    static_cast<size_t>(options.metrics_edges));
}

}  // namespace tcpgauge
