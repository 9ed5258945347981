// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_WEB_STATUS_JSON_H_
#define TCPGAUGE_EXPORTER_WEB_STATUS_JSON_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "exporter/metrics/build_info.h"
#include "src/snapshot/snapshot.h"

namespace tcpgauge {

// The caps that hold. Whoever opens the server sets each: its default is where the cap is chosen.
struct AgentLimits {
  uint64_t max_connections = 0;
  uint64_t series_limit = 0;
  uint64_t metrics_connections = 0;
  uint64_t metrics_edges = 0;
  uint64_t concurrent_scrapes = 0;
  uint64_t concurrent_listings = 0;   // of the connections as JSON
  uint64_t listed_connections = 0;    // in a snapshot, by each worker
  uint64_t http_connections = 0;      // to each listener
  uint64_t max_memory_bytes = 0;      // 0 = none
  uint64_t planned_memory_bytes = 0;  // that all the others can come to
};

// Options by their long names, as they hold for this process.
using EffectiveFlags = std::vector<std::pair<std::string, std::string>>;

// What /api/v1/status says: version, interfaces, capture counters, limits and options, as one JSON object.
std::string StatusJson(const Snapshot& snapshot, const BuildInfo& build, const AgentLimits& limits,
                       const EffectiveFlags& flags);

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_WEB_STATUS_JSON_H_
