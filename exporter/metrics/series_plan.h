// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_METRICS_SERIES_PLAN_H_
#define TCPGAUGE_EXPORTER_METRICS_SERIES_PLAN_H_

#include <cstddef>

namespace tcpgauge {

// How the series limit is divided among interfaces, edges and connections.
//
// Design. The series of interfaces and edges are counters, and a counter must not vanish. So their shares are fixed
// before the first packet. The series of connections come and go anyway, so connections get the room that is left in
// each exposition.
struct SeriesPlan {
  size_t interfaces = 1;  // interfaces with series of their own; all others share the series of "other"
  size_t edges = 0;       // edges with series of their own at a time
};

// The smallest series limit. The fixed samples and a few interfaces and edges fit into it.
constexpr size_t kMinSeriesLimit = 300;

// Samples that belong to no interface, edge or connection, when every output is on; a test compares the number with an
// exposition. kRequestSamples of them are the most that the metrics of HTTP requests take.
constexpr size_t kFixedSamples = 146;
constexpr size_t kRequestSamples = 20;

// Samples that one connection, one edge and one interface take.
constexpr size_t kSamplesPerConnection = 9;  // 8 while the RTT is unknown
constexpr size_t kSamplesPerEdge = 8;
constexpr size_t kSamplesPerInterface = 10;

// Divides `series_limit` samples when `connections` and `edges` are wanted. If both do not fit, each gets room in
// proportion to the samples that it would take. REQUIRES: series_limit >= kMinSeriesLimit.
SeriesPlan PlanSeries(size_t series_limit, size_t connections, size_t edges);

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_METRICS_SERIES_PLAN_H_
