// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_METRICS_SERIES_PLAN_H_
#define TCPGAUGE_EXPORTER_METRICS_SERIES_PLAN_H_

#include <cstddef>
#include <cstdint>

namespace tcpgauge {

// How the series limit is divided among interfaces, edges, services and connections. The limit is the most samples that
// one exposition may have.
//
// Design. The series of interfaces and edges are counters, and a counter must not vanish. So their shares are fixed
// before the first packet. Services have a fixed share too, so that they need none of the edges' samples. The series of
// connections come and go anyway, so connections get the room that is left in each exposition.
struct SeriesPlan {
  // The most values of the label `interface`. One of them is for "other", which all interfaces without series of their
  // own share.
  size_t interfaces = 1;
  size_t edges = 0;     // the most edges that have series of their own at a time; the edge "other" comes in addition
  size_t services = 0;  // the most samples that name services of edges (see ExportedService)
};

// How much is exported of each edge.
enum class EdgeDetail : uint8_t {
  kBasic,  // payload, opened and failed connections, retransmissions, open connections and round-trip times
  kFull,   // also why connections failed, all segments, out-of-order ones, repeated SYNs and stalled connections
};

// The smallest series limit that works: the fixed samples and a few interfaces and edges fit into it.
constexpr size_t kMinSeriesLimit = 300;

// The samples that belong to no interface, edge or connection, when every output is on. A test compares this number
// with an exposition.
constexpr size_t kFixedSamples = 174;
// The part of kFixedSamples that is for the metrics of HTTP requests; RequestMetrics keeps to it.
constexpr size_t kRequestSamples = 20;

// The samples that one connection, one interface or one edge takes.
constexpr size_t kSamplesPerConnection = 9;  // 8 while the RTT is unknown
constexpr size_t kSamplesPerInterface = 10;
constexpr size_t SamplesPerEdge(EdgeDetail detail) { return detail == EdgeDetail::kFull ? 13 : 8; }
// How many edges can have series by default. They fit into the default series limit.
constexpr size_t DefaultEdges(EdgeDetail detail) { return detail == EdgeDetail::kFull ? 150 : 400; }
// The samples that all services take together. With more of them, the default limits would not fit into the default
// series limit.
constexpr size_t kMaxServiceSamples = 80;

// Divides `series_limit` samples. Interfaces get at most a fifth of the samples that are not fixed, and no more than 32
// interfaces need, but always enough for two interfaces. Services get at most a twentieth of these samples, and no more
// than kMaxServiceSamples. The rest is for `connections` connections and for `edges` edges with this detail. These two
// numbers are what the user wants. If the rest is too small for both, it is divided in proportion to the samples that
// all connections need and those that all edges need. The result has no share of connections (see SeriesPlan).
// REQUIRES: series_limit >= kMinSeriesLimit.
SeriesPlan PlanSeries(size_t series_limit, size_t connections, size_t edges, EdgeDetail detail);

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_METRICS_SERIES_PLAN_H_
