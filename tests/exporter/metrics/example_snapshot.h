// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TESTS_EXPORTER_METRICS_EXAMPLE_SNAPSHOT_H_
#define TCPGAUGE_TESTS_EXPORTER_METRICS_EXAMPLE_SNAPSHOT_H_

#include <memory>
#include <string>

#include "exporter/metrics/agent_metrics.h"
#include "exporter/metrics/exposition.h"
#include "src/snapshot/snapshot.h"

namespace tcpgauge {

// A snapshot made by hand: two interfaces, three connections (one has an IPv6 client, one has no known round-trip
// time), and a value in nearly every counter.
Snapshot ExampleSnapshot();

// An established connection on interface 0 from client_address:client_port to 192.0.2.1:443, without traffic.
ConnectionSummary ExampleConnection(uint64_t id, const std::string& client_address, uint16_t client_port);

// All of the agent's metrics of itself, with fixed values and the largest possible number of samples.
const AgentMetrics& ExampleAgentMetrics();

Exposition ExampleExposition(Snapshot snapshot, size_t connection_limit = 100);

}  // namespace tcpgauge

#endif  // TCPGAUGE_TESTS_EXPORTER_METRICS_EXAMPLE_SNAPSHOT_H_
