// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_AGENT_DESCRIBE_AGENT_H_
#define TCPGAUGE_SRC_AGENT_DESCRIBE_AGENT_H_

#include "exporter/metrics/agent_metrics.h"
#include "src/options/options.h"

namespace tcpgauge {

// Sets what stays the same as long as the agent runs: its build and its limits.
void DescribeAgent(const Options& options, AgentMetrics* metrics);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_AGENT_DESCRIBE_AGENT_H_
