// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_METRICS_EXPOSITION_H_
#define TCPGAUGE_EXPORTER_METRICS_EXPOSITION_H_

#include <prometheus/metric_family.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "src/snapshot/snapshot.h"

namespace tcpgauge {

// A connection that has series of its own.
struct ExportedConnection {
  const ConnectionSummary* connection = nullptr;  // in Exposition::snapshot
  uint32_t interface = 0;                         // index into Exposition::interfaces
};

// The labels and the counters of an edge. The edge "other" stands for all edges without series of their own; its three
// labels are "other".
struct ExportedEdge {
  std::string client_address;  // with a prefix length if clients are grouped by prefix
  std::string server_address;
  std::string server_port;
  EdgeCounters counters;
  int64_t start_time_ns = 0;  // when its counters began; Unix epoch
};

// The content of one exposition, before it is written in any format. No two of its series have equal labels.
// MakeExposition() makes it, and VisitMetrics() hands it to the writer of each format.
struct Exposition {
  std::shared_ptr<const Snapshot> snapshot;
  std::vector<prometheus::MetricFamily> families;  // the agent's metrics of itself; see CollectFamilies()
  // The number of samples in this exposition, including the sample that says so, and the number of connections that it
  // leaves out. Two expositions of one snapshot may have different limits, so neither number is a gauge of the agent.
  size_t series = 0;
  uint64_t connections_not_exported = 0;
  // The interfaces of the snapshot, with names in UTF-8. Interfaces of the same name are merged into one, and those
  // beyond the plan (see SeriesPlan) into one named "other".
  std::vector<InterfaceView> interfaces;
  std::vector<ExportedEdge> edges;
  std::vector<ExportedConnection> connections;  // heaviest first
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_METRICS_EXPOSITION_H_
