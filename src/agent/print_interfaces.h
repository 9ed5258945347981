// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_AGENT_PRINT_INTERFACES_H_
#define TCPGAUGE_SRC_AGENT_PRINT_INTERFACES_H_

#include "absl/status/status.h"

namespace tcpgauge {

// Answers --list-interfaces: prints each interface that can be captured on, one a line, with its addresses. Errors:
// those of ListInterfaces().
absl::Status PrintInterfaces();

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_AGENT_PRINT_INTERFACES_H_
