// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_AGENT_SERIES_LIMITS_H_
#define TCPGAUGE_SRC_AGENT_SERIES_LIMITS_H_

#include "exporter/metrics/make_exposition.h"
#include "exporter/metrics/series_plan.h"
#include "src/options/options.h"

namespace tcpgauge {

// Returns the bounds that `options` set for an exposition.
ExpositionLimits ExpositionLimitsOf(const Options& options);

// Returns how the series limit of `options` is divided (see PlanSeries()).
SeriesPlan SeriesPlanOf(const Options& options);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_AGENT_SERIES_LIMITS_H_
