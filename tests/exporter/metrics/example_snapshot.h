// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TESTS_EXPORTER_METRICS_EXAMPLE_SNAPSHOT_H_
#define TCPGAUGE_TESTS_EXPORTER_METRICS_EXAMPLE_SNAPSHOT_H_

#include <memory>
#include <string>

#include "exporter/metrics/agent_metrics.h"
#include "exporter/metrics/exposition.h"
#include "src/snapshot/snapshot.h"

namespace tcpgauge {

// Returns a snapshot with fixed values: two interfaces, three connections, an edge with two services, a workload edge,
// and a value in nearly every counter. The second connection has an IPv6 client. The round-trip time of the third is
// unknown. Nobody knows who is at the ends of the connections and of the edge.
Snapshot ExampleSnapshot();

// Returns the identity of a pod of a Deployment on node-7 in the zone eu-1a. Equal arguments give the same identity.
// Thread: one thread at a time.
IdentityRef ExampleIdentity(const std::string& namespace_name, const std::string& workload, const std::string& pod);

// Returns an established connection without traffic on interface 0, from `client_address`:`client_port` to
// 192.0.2.1:443.
ConnectionSummary ExampleConnection(uint64_t id, const std::string& client_address, uint16_t client_port);

// Returns all metrics that the agent exports about itself, with fixed values. The counter of HTTP requests has as many
// samples as the agent may ever export for it. The metrics live as long as the process.
const AgentMetrics& ExampleAgentMetrics();

// Returns the exposition of `snapshot` with ExampleAgentMetrics(). All its open connections may have series, and at
// most `connection_limit` have. The limit on series is so high that no example reaches it.
Exposition ExampleExposition(Snapshot snapshot, size_t connection_limit = 100);

}  // namespace tcpgauge

#endif  // TCPGAUGE_TESTS_EXPORTER_METRICS_EXAMPLE_SNAPSHOT_H_
