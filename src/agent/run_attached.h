// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_AGENT_RUN_ATTACHED_H_
#define TCPGAUGE_SRC_AGENT_RUN_ATTACHED_H_

#include "absl/status/status.h"
#include "src/options/options.h"

namespace tcpgauge {

// Runs `--tui --attach`: the top view of an agent that runs elsewhere. Returns when the user leaves the view, or after
// a signal. Captures no packets.
//
// Before it connects, the process gives up its privileges (DropPrivileges()). Without --user the process keeps its
// user, even root, because each new connection opens key files and unix sockets with that user's rights.
//
// Thread: the only thread of the process. Installs the handlers of signals (HandleSignals()).
// Errors: a wrong address, no terminal, those of ViewSettingsOf(), privileges that cannot be given up, or an agent that
// does not answer at the start. If the user leaves before the agent has answered, the result is OK.
absl::Status RunAttached(const Options& options);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_AGENT_RUN_ATTACHED_H_
