// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_WEB_STATUS_JSON_H_
#define TCPGAUGE_EXPORTER_WEB_STATUS_JSON_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "src/base/build_info.h"
#include "src/snapshot/snapshot.h"

namespace tcpgauge {

// The limits of this process, as /api/v1/status shows them. The opener of the server sets every field.
struct AgentLimits {
  uint64_t max_connections = 0;
  uint64_t series_limit = 0;
  uint64_t metrics_connections = 0;
  uint64_t metrics_edges = 0;
  uint64_t concurrent_scrapes = 0;
  uint64_t concurrent_listings = 0;   // concurrent answers of /api/v1/connections
  uint64_t listed_connections = 0;    // connections of each worker in a snapshot
  uint64_t http_connections = 0;      // connections to each listener
  uint64_t max_memory_bytes = 0;      // 0 = no limit
  uint64_t planned_memory_bytes = 0;  // the most memory that all other limits together allow
};

// The long name of each option, and the value that it has in this process.
using EffectiveFlags = std::vector<std::pair<std::string, std::string>>;

// The answer of /api/v1/status, as docs/openapi.json describes it: version, interfaces, capture counters, limits and
// options, as one JSON object.
std::string StatusJson(const Snapshot& snapshot, const BuildInfo& build, const AgentLimits& limits,
                       const EffectiveFlags& flags);

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_WEB_STATUS_JSON_H_
