// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_AGENT_AGENT_NAME_H_
#define TCPGAUGE_SRC_AGENT_AGENT_NAME_H_

#include <string>

namespace tcpgauge {

// Returns the name by which users distinguish this agent from others: the name of its host (uname(2)). U+FFFD replaces
// bytes that are not valid UTF-8. Returns an empty text when the kernel gives no name.
std::string AgentName();

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_AGENT_AGENT_NAME_H_
