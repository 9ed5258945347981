// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_METRICS_EXPOSITION_H_
#define TCPGAUGE_EXPORTER_METRICS_EXPOSITION_H_

#include <prometheus/metric_family.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "exporter/metrics/series_plan.h"
#include "src/base/fetch_ahead.h"
#include "src/net/ip_address.h"
#include "src/snapshot/snapshot.h"

namespace tcpgauge {

// A connection that has series of its own in an Exposition.
struct ExportedConnection {
  const ConnectionSummary* connection = nullptr;  // points into Exposition::snapshot
  uint32_t interface = 0;                         // index into Exposition::interfaces
};

// The labels and the counters of an edge (see EdgeKey). The edge whose three labels are "other" is the sum of all edges
// without series of their own. It has no names.
struct ExportedEdge {
  std::string client_address;  // "192.0.2.7"; "192.0.2.0/24" if clients are grouped by prefix
  std::string server_address;  // "192.0.2.9"; "192.0.2.0/24" if servers are grouped by prefix
  std::string server_port;
  EdgeCounters counters;
  int64_t start_time_ns = 0;            // when `counters` began to count; Unix epoch
  const EndIdentity* client = nullptr;  // owned by Exposition::snapshot; null if unknown
  const EndIdentity* server = nullptr;
  EdgeDistributions distributions{};  // of the values that `counters` add up

  // The values of the first labels of every metric of edges, in the order of the catalog. The views refer to this
  // object and to the snapshot.
  std::array<std::string_view, 10> label_values() const {
    static const EndIdentity* const kUnknown = new EndIdentity;
    const EndIdentity& c = client == nullptr ? *kUnknown : *client;
    const EndIdentity& s = server == nullptr ? *kUnknown : *server;
    return {client_address,   server_address, server_port, c.namespace_name, c.workload, c.pod,
            s.namespace_name, s.workload,     s.pod,       s.service};
  }
};

// The labels and the counters of a workload edge (see WorkloadEdgeKey).
struct ExportedWorkloadEdge {
  std::string_view client_namespace;  // that of `client_workload`; empty if the client is no known workload
  std::string client_workload;        // of a client that is no known workload: its prefix, or "external"
  std::string_view server_namespace;
  std::string server_workload;  // "external" if the server is no known workload
  std::string server_port;
  std::string_view reporter;
  EdgeCounters counters;
  int64_t start_time_ns = 0;  // when `counters` began to count; Unix epoch
  EdgeDistributions distributions{};

  // The values of the first labels of every metric of workload edges, in the order of the catalog. The views refer to
  // this object and to the snapshot.
  std::array<std::string_view, 6> label_values() const {
    return {client_namespace, client_workload, server_namespace, server_workload, server_port, reporter};
  }
};

// An address of this node, or of a pod on it, and who has it.
struct ExportedEndpoint {
  IpAddress address;
  const EndIdentity* identity = nullptr;  // owned by Exposition::snapshot; never null
};

// A service endpoint of an edge that has series of its own: an address and port to which clients connected to reach the
// edge's server (see EdgeServices).
struct ExportedService {
  size_t edge = 0;  // index into Exposition::edges
  std::string address;
  std::string port;
};

// The content of one scrape or push: what was selected from a snapshot, not yet written in any format. No two series of
// one metric have equal labels. MakeExposition() makes an exposition, and VisitMetrics() hands it to the writer of a
// format.
struct Exposition {
  std::shared_ptr<const Snapshot> snapshot;
  std::vector<prometheus::MetricFamily> families;  // the agent's own metrics, as CollectFamilies() returns them
  // The next two numbers are values of metrics. They stand here and not in the agent's own metrics, because two
  // expositions of one snapshot may have different limits.
  size_t series = 0;                      // samples in this exposition, including the samples of these two metrics
  uint64_t connections_not_exported = 0;  // open and recently ended connections that are not in `connections`
  // The interfaces of the snapshot, with names in valid UTF-8. Interfaces of the same name are merged (see
  // InterfaceView::MergeCondition()). The interfaces without series of their own, the interfaces beyond
  // SeriesPlan::interfaces, and Snapshot::other_interfaces are merged into one interface named "other". Forgotten
  // interfaces come last. They have no samples, and are listed for the labels of their connections.
  std::vector<InterfaceView> interfaces;
  EdgeDetail edge_detail = EdgeDetail::kFull;
  bool edge_buckets = false;              // whether the summaries of edges are classic histograms
  std::vector<ExportedEdge> edges;        // the last one is "other"
  std::vector<ExportedService> services;  // of the edges with the most payload, at most SeriesPlan::services
  // The next members are about names. If identities are off, `has_identities` is false and the lists are empty.
  bool has_identities = false;
  std::vector<ExportedWorkloadEdge> workload_edges;  // without the edges of WorkloadEdgesView::other
  std::vector<ZonePayload> zones;               // at most SeriesPlan::zones; the last one is "other" if there are more
  std::vector<ExportedEndpoint> endpoints;      // sorted by address, at most SeriesPlan::endpoints
  size_t listeners = 0;                         // listeners with series: the first of IdentityMap::listener_queues
  std::vector<ExportedConnection> connections;  // the highest rank first
};

// Starts to load what the metrics show of the connection that comes kAhead places after `index`. Call it in each step
// of a loop through all connections. Each family reads all connections, and 10,000 are more than the cache holds.
// Without this, loading them took a quarter of the time to write a text.
inline void FetchConnectionAhead(const Exposition& exposition, size_t index) {
  constexpr size_t kAhead = 16;
  if (index + kAhead >= exposition.connections.size()) return;
  const ConnectionSummary* const connection = exposition.connections[index + kAhead].connection;
  FetchAhead(&connection->client_sent);
  FetchAhead(&connection->server_sent);
  FetchAhead(&connection->server_min_rtt_ns);
}

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_METRICS_EXPOSITION_H_
