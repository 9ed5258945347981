// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_WORKLOAD_EDGE_H_
#define TCPGAUGE_SRC_FLOW_WORKLOAD_EDGE_H_

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

#include "src/net/ip_address.h"

namespace tcpgauge {

// On which side of a connection this node is.
// - kClient: the client is local to this node.
// - kServer: the server is local to this node.
// - kTransit: neither end is local. The connection only crosses this node.
//
// A connection whose ends are both local is counted under kClient and under kServer. So if every node of a cluster runs
// an agent, each connection within the cluster is counted once under kClient, and once under kServer.
enum class Reporter : uint8_t { kClient, kServer, kTransit };

// The value of the label `reporter`: "client", "server" or "transit".
constexpr std::string_view ReporterName(Reporter reporter) {
  constexpr std::string_view kNames[] = {"client", "server", "transit"};
  return kNames[static_cast<size_t>(reporter)];
}

// One end of a workload edge. An end whose workload is unknown has workload_number 0.
struct WorkloadEnd {
  uint32_t workload_number = 0;  // see NumberedIdentity
  // Of an end without a workload: its prefix, if clients are grouped by prefix and the end is a client. Otherwise
  // IpAddress(), which is shown as "external".
  IpAddress prefix;

  friend bool operator==(const WorkloadEnd& a, const WorkloadEnd& b) {
    return a.workload_number == b.workload_number && a.prefix == b.prefix;
  }
  template <typename H>
  friend H AbslHashValue(H state, const WorkloadEnd& end) {
    return H::combine(std::move(state), end.workload_number, end.prefix);
  }
};

// The identity of a workload edge: all connections of one workload to one port of another.
struct WorkloadEdgeKey {
  WorkloadEnd client;
  WorkloadEnd server;
  uint16_t server_port = 0;
  Reporter reporter = Reporter::kTransit;

  friend bool operator==(const WorkloadEdgeKey& a, const WorkloadEdgeKey& b) {
    return a.client == b.client && a.server == b.server && a.server_port == b.server_port && a.reporter == b.reporter;
  }
  template <typename H>
  friend H AbslHashValue(H state, const WorkloadEdgeKey& key) {
    return H::combine(std::move(state), key.client, key.server, key.server_port, static_cast<uint8_t>(key.reporter));
  }
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_WORKLOAD_EDGE_H_
