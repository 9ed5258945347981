// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_AGENT_PRINT_INTERFACES_H_
#define TCPGAUGE_SRC_AGENT_PRINT_INTERFACES_H_

#include "absl/status/status.h"

namespace tcpgauge {

// Answers --list-interfaces: prints a line on standard output for each interface on which the agent can capture, with
// its addresses and whether it is down or loopback. Errors: those of ListInterfaces().
absl::Status PrintInterfaces();

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_AGENT_PRINT_INTERFACES_H_
