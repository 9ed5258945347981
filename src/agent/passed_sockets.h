// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_AGENT_PASSED_SOCKETS_H_
#define TCPGAUGE_SRC_AGENT_PASSED_SOCKETS_H_

#include "absl/status/statusor.h"
#include "src/options/options.h"

namespace tcpgauge {

// Returns `options` with the sockets that systemd passed as addresses to listen on (see ListenSocket::Open()), if
// --web.systemd-socket asks for them. Otherwise returns `options` as they are.
//
// Errors: kNotFound when systemd passed no socket.
absl::StatusOr<Options> WithPassedSockets(const Options& options);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_AGENT_PASSED_SOCKETS_H_
