// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_AGENT_AGENT_NAME_H_
#define TCPGAUGE_SRC_AGENT_AGENT_NAME_H_

#include <string>

namespace tcpgauge {

// Returns the name by which users distinguish this agent from others: the name of its host (uname(2)). The name is
// valid UTF-8: U+FFFD replaces the other bytes. Empty when the kernel does not give it.
std::string AgentName();

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_AGENT_AGENT_NAME_H_
