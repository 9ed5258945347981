// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_AGENT_PASSED_SOCKETS_H_
#define TCPGAUGE_SRC_AGENT_PASSED_SOCKETS_H_

#include "absl/status/statusor.h"
#include "src/options/options.h"

namespace tcpgauge {

// Returns a copy of `options`. If --web.systemd-socket is set, the copy's addresses to listen on are the sockets that
// systemd passed (see ListenSocket::Open()).
//
// Errors: kNotFound when systemd passed no socket.
absl::StatusOr<Options> WithPassedSockets(const Options& options);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_AGENT_PASSED_SOCKETS_H_
