// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_AGENT_SERIES_LIMITS_H_
#define TCPGAUGE_SRC_AGENT_SERIES_LIMITS_H_

#include "exporter/metrics/make_exposition.h"
#include "exporter/metrics/series_plan.h"
#include "src/options/options.h"

namespace tcpgauge {

// The bounds that the options set for an exposition.
ExpositionLimits ExpositionLimitsOf(const Options& options);

// The fixed shares of interfaces and edges in an exposition.
SeriesPlan SeriesPlanOf(const Options& options);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_AGENT_SERIES_LIMITS_H_
