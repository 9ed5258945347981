#include "src/flow/server_endpoints.h"

namespace tcpgauge {
namespace {

constexpr uint16_t kFirstEphemeralPort = 32768;

}  // namespace

bool IsClientB(const Endpoint& a, const Endpoint& b, const ServerEndpoints& servers) {
  const bool a_is_server = servers.Contains(a);
  const bool b_is_server = servers.Contains(b);
  if (a_is_server != b_is_server) return a_is_server;
  const bool a_is_ephemeral = a.port >= kFirstEphemeralPort;
  const bool b_is_ephemeral = b.port >= kFirstEphemeralPort;
  if (a_is_ephemeral != b_is_ephemeral) return b_is_ephemeral;
  return b.port > a.port;
}

}  // namespace tcpgauge
