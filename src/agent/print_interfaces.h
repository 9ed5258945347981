// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_AGENT_PRINT_INTERFACES_H_
#define TCPGAUGE_SRC_AGENT_PRINT_INTERFACES_H_

#include "absl/status/status.h"

namespace tcpgauge {

// Answers --list-interfaces: prints, on standard output, a line for each interface on which the agent can capture. The
// line has the interface's name and addresses, and says whether the interface is down or loopback. Errors: those of
// ListInterfaces().
absl::Status PrintInterfaces();

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_AGENT_PRINT_INTERFACES_H_
