// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_METRICS_SERIES_PLAN_H_
#define TCPGAUGE_EXPORTER_METRICS_SERIES_PLAN_H_

#include <cstddef>

namespace tcpgauge {

// How the series limit is shared out.
//
// Design. Interfaces and edges are counters, and a counter may not vanish. So their shares are fixed before the first
// packet. Connections come and go anyway; they take what is left of each exposition.
struct SeriesPlan {
  size_t interfaces = 1;  // with series of their own; the rest are one
  size_t edges = 0;       // at a time
};

// Below this not even the fixed totals fit.
constexpr size_t kMinSeriesLimit = 300;

// All that is neither of an interface, nor of an edge, nor of a connection, with every output on; a test holds it
// against an exposition. Of it, the metrics of HTTP requests.
constexpr size_t kFixedSamples = 130;
constexpr size_t kRequestSamples = 20;

// Samples that one of them takes.
constexpr size_t kSamplesPerConnection = 9;  // one less where the RTT is not known
constexpr size_t kSamplesPerEdge = 8;
constexpr size_t kSamplesPerInterface = 10;

// For a limit of `series_limit` samples, when `connections` and `edges` are asked for. Where they do not fit, both get
// fewer, in the proportion of what they ask for. REQUIRES: series_limit >= kMinSeriesLimit.
SeriesPlan PlanSeries(size_t series_limit, size_t connections, size_t edges);

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_METRICS_SERIES_PLAN_H_
