// SPDX-License-Identifier: Apache-2.0
#include "src/agent/passed_sockets.h"

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "exporter/http/listen_socket.h"
#include "src/base/service_manager.h"

namespace tcpgauge {

absl::StatusOr<Options> WithPassedSockets(const Options& options) {
  if (!options.systemd_socket) return options;
  Options with = options;
  for (const int descriptor : PassedSockets()) {
    with.listen_addresses.push_back(absl::StrCat(ListenSocket::kPassed, descriptor));
  }
  if (!with.listen_addresses.empty()) return with;
  return absl::NotFoundError(
      "--web.systemd-socket: systemd passed no socket; start the agent's socket unit, which has ListenStream=, or use "
      "--web.listen-address");
}

}  // namespace tcpgauge
