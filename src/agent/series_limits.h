// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_AGENT_SERIES_LIMITS_H_
#define TCPGAUGE_SRC_AGENT_SERIES_LIMITS_H_

#include "exporter/metrics/make_exposition.h"
#include "exporter/metrics/series_plan.h"
#include "src/options/options.h"

namespace tcpgauge {

// How much the options allow an exposition to hold.
ExpositionLimits ExpositionLimitsOf(const Options& options);

// The fixed shares of interfaces and edges in it.
SeriesPlan SeriesPlanOf(const Options& options);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_AGENT_SERIES_LIMITS_H_
