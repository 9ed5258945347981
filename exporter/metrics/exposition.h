// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_METRICS_EXPOSITION_H_
#define TCPGAUGE_EXPORTER_METRICS_EXPOSITION_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "exporter/metrics/output_stats.h"
#include "exporter/metrics/process_stats.h"
#include "src/snapshot/snapshot.h"

namespace tcpgauge {

struct BuildInfo {
  std::string version;
  std::string revision;
};

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
  BuildInfo build;
  ProcessStats process;
  double previous_scrape_seconds = 0;
  OutputStats outputs;
  size_t series_limit = 0;
  size_t series = 0;  // samples in it, this one included
  // As in the snapshot, but names are UTF-8, interfaces of one name are one, and those beyond the plan (see SeriesPlan)
  // are one named "other".
  std::vector<InterfaceView> interfaces;
  std::vector<ExportedEdge> edges;
  std::vector<ExportedConnection> connections;  // heaviest first
  uint64_t connections_not_exported = 0;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_METRICS_EXPOSITION_H_
