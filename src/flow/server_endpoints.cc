// SPDX-License-Identifier: Apache-2.0
#include "src/flow/server_endpoints.h"

#include <algorithm>
#include <iterator>

namespace tcpgauge {
namespace {

// Services of the Remote Procedure Call family, whose clients take reserved ports: NFS, its lock and mount protocols,
// and GlusterFS.
constexpr uint16_t kServicesOfReservedPorts[] = {2049, 4045, 20048, 24007, 24008};

// Well-known services over TCP with a reserved port (IANA's registry, and what is common beside it), in ascending
// order.
constexpr uint16_t kReservedServices[] = {512, 513, 514, 515, 523, 524, 530, 532, 540, 543, 544, 548, 554, 556,
                                          563, 587, 591, 593, 601, 631, 636, 646, 647, 648, 655, 666, 674, 691,
                                          700, 706, 749, 750, 751, 754, 783, 808, 830, 843, 847, 853, 860, 873,
                                          888, 901, 902, 903, 953, 981, 989, 990, 991, 992, 993, 994, 995};

bool IsReserved(uint16_t port) { return port >= 512 && port <= 1023; }

// Whether rule 3 of IsClientB() makes the end with the port `client` the client of the end with the port `server`.
bool IsReservedClient(uint16_t client, uint16_t server) {
  if (!IsReserved(client) || server <= 1023) return false;
  const auto& strong = kServicesOfReservedPorts;
  if (std::find(std::begin(strong), std::end(strong), server) != std::end(strong)) return true;
  return server <= 32767 && !std::binary_search(std::begin(kReservedServices), std::end(kReservedServices), client);
}

}  // namespace

bool IsClientB(const Endpoint& a, const Endpoint& b, const ServerEndpoints& servers) {
  const bool a_is_server = servers.Contains(a);
  const bool b_is_server = servers.Contains(b);
  if (a_is_server != b_is_server) return a_is_server;
  const bool a_is_shared = servers.IsShared(a);
  const bool b_is_shared = servers.IsShared(b);
  if (a_is_shared != b_is_shared) return a_is_shared;
  if (IsReservedClient(a.port, b.port)) return false;
  if (IsReservedClient(b.port, a.port)) return true;
  return b.port > a.port;
}

}  // namespace tcpgauge
