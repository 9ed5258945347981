// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_METRICS_SERIES_PLAN_H_
#define TCPGAUGE_EXPORTER_METRICS_SERIES_PLAN_H_

#include <cstddef>
#include <cstdint>
#include <optional>

#include "exporter/metrics/edge_buckets.h"

namespace tcpgauge {

// How the series limit is divided among interfaces, edges, services, names and connections. The limit is the most
// samples that one exposition may have.
//
// Design. The series of interfaces, edges, workload edges, zones and listeners include counters, and a counter must not
// vanish. So their shares are fixed before the first packet. Services and endpoints have fixed shares too, so that they
// take no samples from the edges. The series of connections come and go anyway, so connections get the room that is
// left in each exposition.
struct SeriesPlan {
  // The most values of the label `interface`. If there are interfaces without series of their own, they share one of
  // the values, "other".
  size_t interfaces = 1;
  size_t edges = 0;     // the most edges that have series of their own at a time; the edge "other" comes in addition
  size_t services = 0;  // the most samples that name services of edges (see ExportedService)
  // The next members are 0 if identities are off.
  size_t workload_edges = 0;  // the most that have series of their own; one "other" for each reporter comes in addition
  size_t zones = 0;           // the most pairs of zones, "other" included
  size_t listeners = 0;       // the most listeners
  size_t endpoints = 0;       // the most addresses in tcpgauge_endpoint_info
};

// How much is exported of each edge and of each workload edge.
enum class EdgeDetail : uint8_t {
  // Payload, opened and failed connections, retransmissions, open connections, and the sum and count of handshake times
  // and of response times.
  kBasic,
  // Also why connections failed, all segments, and the distributions of both times. Of edges also out-of-order
  // segments, repeated SYNs and stalled connections.
  kFull,
};

// The bounds of an exposition, as the user sets them. REQUIRES: series >= kMinSeriesLimit.
struct ExpositionLimits {
  size_t series = 0;       // samples of all series together
  size_t connections = 0;  // connections with series of their own; fewer if `series` has no room for them
  EdgeDetail edge_detail = EdgeDetail::kFull;
  size_t edges = 0;  // edges with series of their own; fewer if `series` has no room for them
  // Workload edges with series of their own; fewer if `series` has no room for them. Nullopt if identities are off:
  // then no sample is kept for names.
  std::optional<size_t> workload_edges = std::nullopt;
  // Whether the summaries of edges and workload edges are classic histograms, with the buckets of kEdgeBounds.
  bool edge_buckets = false;
};

// The smallest series limit that works: the fixed samples, a few interfaces and edges, and a few names fit into it.
constexpr size_t kMinSeriesLimit = 600;

// The samples that belong to no interface, edge or connection, when every output is on and identities are off. A test
// compares this number with an exposition.
constexpr size_t kFixedSamples = 237;
// The samples that identities add, without those of edges, zones, listeners and endpoints: kMaxIdentitySources +
// kMaxIdentityOverflows + 6.
constexpr size_t kFixedIdentitySamples = 18;
// The part of kFixedSamples that is for the metrics of HTTP requests; RequestMetrics keeps to it.
constexpr size_t kRequestSamples = 20;

// The samples that one connection, one interface, one edge and so on takes.
constexpr size_t kSamplesPerConnection = 9;  // 8 while the RTT is unknown
constexpr size_t kSamplesPerInterface = 10;
// The samples of one of the two summaries of an edge: its sum, its count, and its buckets if it has any.
constexpr size_t SamplesPerSummary(bool edge_buckets) { return 2 + (edge_buckets ? kEdgeBuckets : 0); }
constexpr size_t SamplesPerEdge(EdgeDetail detail, bool edge_buckets) {
  return (detail == EdgeDetail::kFull ? 13 : 6) + 2 * SamplesPerSummary(edge_buckets);
}
constexpr size_t SamplesPerWorkloadEdge(EdgeDetail detail, bool edge_buckets) {
  return (detail == EdgeDetail::kFull ? 10 : 6) + 2 * SamplesPerSummary(edge_buckets);
}
constexpr size_t kReporters = 3;  // each has a workload edge "other"
constexpr size_t kSamplesPerListener = 3;
constexpr size_t kMaxZoneSamples = 65;  // 64 pairs and "other"
constexpr size_t kMaxListeners = 32;
constexpr size_t kMaxEndpointSamples = 250;
// How many edges can have series by default. They fit into the default series limit, if they have no buckets.
constexpr size_t DefaultEdges(EdgeDetail detail) { return detail == EdgeDetail::kFull ? 150 : 300; }
// The most samples that all services take together. With more of them, the default limits would not fit into the
// default series limit.
constexpr size_t kMaxServiceSamples = 80;

// Divides `limits.series` samples.
//
// - Interfaces get at most a fifth of the samples that are not fixed, and no more than 32 interfaces need, but always
//   enough for two interfaces.
// - Services get at most a twentieth of these samples, and no more than kMaxServiceSamples.
// - Listeners and zones get at most a fortieth each, and no more than kMaxListeners need and kMaxZoneSamples. Endpoints
//   get at most an eightieth, and no more than kMaxEndpointSamples.
// - The rest is for `limits.edges` edges, `limits.workload_edges` workload edges and `limits.connections` connections.
//   If the rest is too small for them, connections give up to half of their samples to workload edges. If that is not
//   enough, the rest is divided in proportion to the samples that each of the three needs. The result has no share of
//   connections (see SeriesPlan).
// - If the rest is more than these three need after that gift of the connections, endpoints get the remainder too, up
//   to kMaxEndpointSamples in all. So endpoints come before the second half of the connections. A query that joins
//   names finds none for an address without its sample. A connection without series is still in the sums, on the page
//   and in the API. Besides, connections lose by it only while the other series take almost all that they may.
//
// REQUIRES: limits.series >= kMinSeriesLimit.
SeriesPlan PlanSeries(const ExpositionLimits& limits);

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_METRICS_SERIES_PLAN_H_
