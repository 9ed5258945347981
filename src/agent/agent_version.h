// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_AGENT_AGENT_VERSION_H_
#define TCPGAUGE_SRC_AGENT_AGENT_VERSION_H_

#include <string>

namespace tcpgauge {

// Returns what --version prints: the version and commit of this binary, and the versions of the libraries that it runs
// with.
std::string AgentVersion();

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_AGENT_AGENT_VERSION_H_
