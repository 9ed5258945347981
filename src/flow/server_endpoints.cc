// SPDX-License-Identifier: Apache-2.0
#include "src/flow/server_endpoints.h"

namespace tcpgauge {
namespace {

// Linux's default of net.ipv4.ip_local_port_range (ip-sysctl).
bool IsEphemeral(uint16_t port) { return port >= 32768 && port <= 60999; }

}  // namespace

bool IsClientB(const Endpoint& a, const Endpoint& b, const ServerEndpoints& servers) {
  const bool a_is_server = servers.Contains(a);
  const bool b_is_server = servers.Contains(b);
  if (a_is_server != b_is_server) return a_is_server;
  const bool a_is_ephemeral = IsEphemeral(a.port);
  const bool b_is_ephemeral = IsEphemeral(b.port);
  if (a_is_ephemeral != b_is_ephemeral) return b_is_ephemeral;
  return b.port > a.port;
}

}  // namespace tcpgauge
