// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_AGENT_RUN_ATTACHED_H_
#define TCPGAUGE_SRC_AGENT_RUN_ATTACHED_H_

#include "absl/status/status.h"
#include "src/options/options.h"

namespace tcpgauge {

// Runs `--tui --attach`: the top view of an agent that runs elsewhere, until the user leaves it. Captures nothing, and
// gives up every privilege before it connects.
//
// Thread: the only one there is; it handles signals. OK when the user leaves, also before the agent answered. Errors:
// of the address, the terminal, the privileges and the connection.
absl::Status RunAttached(const Options& options);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_AGENT_RUN_ATTACHED_H_
