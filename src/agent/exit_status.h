// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_AGENT_EXIT_STATUS_H_
#define TCPGAUGE_SRC_AGENT_EXIT_STATUS_H_

#include "absl/status/status.h"

namespace tcpgauge {

// The environment is not as it should be: an interface, a file, a privilege or a resource is missing, an address is in
// use, or a capture file is damaged. The same command may succeed later. The supervisor should start the agent again.
constexpr int kExitFailure = 1;

// An option, a value, the filter, or the content of a configuration file or of a file of names is wrong, or a file to
// read is not a capture. The same command fails every time, so the supervisor should not start the agent again.
constexpr int kExitUsage = 2;

// Returns the exit status for `status`, the result of the agent's start or end: 0 for OK, kExitUsage for
// kInvalidArgument, and kExitFailure for every other code. Exception: a message that names a shortage (LimitNamedBy())
// means kExitFailure whatever the code, because libraries report some shortages as a wrong argument.
int ExitStatusOf(const absl::Status& status);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_AGENT_EXIT_STATUS_H_
