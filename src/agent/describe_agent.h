// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_AGENT_DESCRIBE_AGENT_H_
#define TCPGAUGE_SRC_AGENT_DESCRIBE_AGENT_H_

#include "exporter/metrics/agent_metrics.h"
#include "src/options/options.h"

namespace tcpgauge {

// Sets the metrics that never change while the agent runs: the version of the build, the series limit and the rate
// window.
void DescribeAgent(const Options& options, AgentMetrics* metrics);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_AGENT_DESCRIBE_AGENT_H_
