// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_WEB_STATUS_JSON_H_
#define TCPGAUGE_EXPORTER_WEB_STATUS_JSON_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "src/base/build_info.h"
#include "src/snapshot/snapshot.h"

namespace tcpgauge {

// The limits of this process, as /api/v1/status shows them. src/agent sets every field.
struct AgentLimits {
  uint64_t max_connections = 0;       // connections tracked by all workers together
  uint64_t series_limit = 0;          // samples in an exposition
  uint64_t metrics_connections = 0;   // connections with series of their own
  uint64_t metrics_edges = 0;         // edges with series of their own
  uint64_t response_bytes = 0;        // bodies of HTTP responses that are being sent
  uint64_t listed_connections = 0;    // connections of each worker in a snapshot
  uint64_t named_endpoints = 0;       // addresses and sockets that can have names at a time
  uint64_t http_connections = 0;      // HTTP connections at a time
  uint64_t max_memory_bytes = 0;      // the most that the process may take; 0 = no limit
  uint64_t planned_memory_bytes = 0;  // the most that the process will take (MemoryPlan::bytes)
};

// The long name of each option, without dashes, and the option's value in this process.
using EffectiveFlags = std::vector<std::pair<std::string, std::string>>;

// Returns the answer of /api/v1/status, as docs/openapi.json describes it: one JSON object with version, interfaces,
// counters of the capture, limits and options. `capture_filter` is the pcap-filter(7) expression of the capture; empty
// = all packets. In the filter, in the names of interfaces and in the values of options, bytes that are not UTF-8
// become U+FFFD.
std::string StatusJson(const Snapshot& snapshot, const BuildInfo& build, const AgentLimits& limits,
                       const EffectiveFlags& flags, std::string_view capture_filter);

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_WEB_STATUS_JSON_H_
