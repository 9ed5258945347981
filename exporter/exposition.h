#ifndef TCPGAUGE_EXPORTER_EXPOSITION_H_
#define TCPGAUGE_EXPORTER_EXPOSITION_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "exporter/process_stats.h"
#include "src/snapshot/snapshot.h"

namespace tcpgauge {

struct BuildInfo {
  std::string version;
  std::string revision;
};

// A connection that gets series of its own.
struct ExportedConnection {
  const ConnectionView* view = nullptr;  // in Exposition::snapshot
  uint32_t interface = 0;                // index into Exposition::interfaces
};

// What one exposition says, before it is put into any format: which connections are in it, and that no two of its
// series have equal labels. Every format is made from this by VisitMetrics().
struct Exposition {
  std::shared_ptr<const Snapshot> snapshot;
  BuildInfo build;
  ProcessStats process;
  double previous_scrape_seconds = 0;
  // As in the snapshot, but names are UTF-8, and interfaces of one name are one.
  std::vector<InterfaceView> interfaces;
  std::vector<ExportedConnection> connections;  // heaviest first
  uint64_t connections_not_exported = 0;
};

// Chooses the heaviest `connection_limit` connections.
//
// The labels of a connection do not tell VLANs, tunnels and incarnations apart. Of those that share all labels one is
// exported, in the place of the heaviest of them: one that still lives before one that ended, then the one with more
// payload, then the newer. So its counters fall only when the one that it showed has ended.
Exposition MakeExposition(std::shared_ptr<const Snapshot> snapshot, size_t connection_limit, BuildInfo build,
                          ProcessStats process, double previous_scrape_seconds);

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_EXPOSITION_H_
