// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_AGENT_AGENT_NAME_H_
#define TCPGAUGE_SRC_AGENT_AGENT_NAME_H_

#include <string>

namespace tcpgauge {

// The name that tells this agent from others: the name of its host. Empty when the kernel does not give it.
std::string AgentName();

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_AGENT_AGENT_NAME_H_
