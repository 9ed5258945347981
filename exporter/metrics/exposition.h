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

// A connection that gets series of its own.
struct ExportedConnection {
  const ConnectionSummary* view = nullptr;  // in Exposition::snapshot
  uint32_t interface = 0;                   // index into Exposition::interfaces
};

// An edge's labels and what is credited to it.
struct ExportedEdge {
  std::string client_address;  // with a prefix length where clients are grouped; "other" in all three for the rest
  std::string server_address;
  std::string server_port;
  EdgeCounters counters;
  int64_t start_time_ns = 0;  // Unix epoch: since when it counts
};

// What one exposition says, before it is put into any format: which connections are in it, and that no two of its
// series have equal labels. MakeExposition() makes it; every format is made from it by VisitMetrics().
struct Exposition {
  std::shared_ptr<const Snapshot> snapshot;
  std::vector<prometheus::MetricFamily> families;  // what the agent counts of itself; see CollectFamilies()
  // How many samples this exposition holds, this one included, and how many connections it leaves out. Another one, of
  // the same snapshot, may have other limits, so neither is a gauge of the agent.
  size_t series = 0;
  uint64_t connections_not_exported = 0;
  // As in the snapshot, but names are UTF-8, interfaces of one name are one, and those beyond the plan (see SeriesPlan)
  // are one named "other".
  std::vector<InterfaceView> interfaces;
  std::vector<ExportedEdge> edges;
  std::vector<ExportedConnection> connections;  // heaviest first
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_METRICS_EXPOSITION_H_
