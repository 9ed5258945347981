// SPDX-License-Identifier: Apache-2.0
#include "exporter/http/client_address.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <cstring>

namespace tcpgauge {
namespace {

std::string Text(int family, const void* address) {
  char text[INET6_ADDRSTRLEN] = "";
  inet_ntop(family, address, text, sizeof(text));
  return text;
}

}  // namespace

std::string ClientAddress(const sockaddr_storage& peer) {
  if (peer.ss_family == AF_INET) return Text(AF_INET, &reinterpret_cast<const sockaddr_in*>(&peer)->sin_addr);
  if (peer.ss_family != AF_INET6) return kUnixClient;
  in6_addr address = reinterpret_cast<const sockaddr_in6*>(&peer)->sin6_addr;
  if (IN6_IS_ADDR_V4MAPPED(&address)) return Text(AF_INET, &address.s6_addr[12]);
  std::memset(&address.s6_addr[8], 0, 8);
  return Text(AF_INET6, &address) + "/64";
}

}  // namespace tcpgauge
