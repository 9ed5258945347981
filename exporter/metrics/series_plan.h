// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_METRICS_SERIES_PLAN_H_
#define TCPGAUGE_EXPORTER_METRICS_SERIES_PLAN_H_

#include <cstddef>

namespace tcpgauge {

// How the series limit is divided among interfaces, edges and connections. The limit is the most samples that one
// exposition may have.
//
// Design. The series of interfaces and edges are counters, and a counter must not vanish. So their shares are fixed
// before the first packet. The series of connections come and go anyway, so connections get the room that is left in
// each exposition.
struct SeriesPlan {
  // The most values of the label `interface`. If there are more interfaces, one of the values is "other", which the
  // interfaces without series of their own share.
  size_t interfaces = 1;
  size_t edges = 0;  // edges with series of their own at a time; the edge "other" comes in addition
};

// The smallest series limit that works: the fixed samples and a few interfaces and edges fit into it.
constexpr size_t kMinSeriesLimit = 300;

// The samples that belong to no interface, edge or connection, when every output is on. A test compares this number
// with an exposition.
constexpr size_t kFixedSamples = 146;
// The part of kFixedSamples that is for the metrics of HTTP requests; RequestMetrics keeps to it.
constexpr size_t kRequestSamples = 20;

// The samples that one connection, one edge or one interface takes.
constexpr size_t kSamplesPerConnection = 9;  // 8 while the RTT is unknown
constexpr size_t kSamplesPerEdge = 8;
constexpr size_t kSamplesPerInterface = 10;

// Divides `series_limit` samples. Interfaces get at most a fifth of the samples that are not fixed, with room for 1 to
// 64 interfaces. The user wants series for `connections` connections and `edges` edges. If both do not fit into the
// rest, each gets a share of it in proportion to the samples that it would take. The share of connections is not part
// of the result, because connections get the room that is left. REQUIRES: series_limit >= kMinSeriesLimit.
SeriesPlan PlanSeries(size_t series_limit, size_t connections, size_t edges);

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_METRICS_SERIES_PLAN_H_
