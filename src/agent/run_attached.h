// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_AGENT_RUN_ATTACHED_H_
#define TCPGAUGE_SRC_AGENT_RUN_ATTACHED_H_

#include "absl/status/status.h"
#include "src/options/options.h"

namespace tcpgauge {

// Runs `--tui --attach`: the top view of an agent that runs elsewhere, until the user leaves it. Captures nothing, and
// gives up every privilege before it connects.
//
// Thread: the only thread of the process. Installs the handlers of signals.
// Returns OK when the user leaves, even before the agent has answered. Errors: a wrong address, no terminal, privileges
// that cannot be given up, an agent that does not answer.
absl::Status RunAttached(const Options& options);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_AGENT_RUN_ATTACHED_H_
