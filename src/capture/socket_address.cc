// SPDX-License-Identifier: Apache-2.0
#include "src/capture/socket_address.h"

#include <netinet/in.h>
#include <string.h>

namespace tcpgauge {

std::optional<IpAddress> AddressOf(const sockaddr* address) {
  if (address == nullptr) return std::nullopt;
  if (address->sa_family == AF_INET) {
    sockaddr_in v4;
    memcpy(&v4, address, sizeof(v4));
    uint8_t bytes[4];
    memcpy(bytes, &v4.sin_addr, sizeof(bytes));
    return IpAddress::FromV4(bytes);
  }
  if (address->sa_family == AF_INET6) {
    sockaddr_in6 v6;
    memcpy(&v6, address, sizeof(v6));
    return IpAddress::FromV6(v6.sin6_addr.s6_addr);
  }
  return std::nullopt;
}

}  // namespace tcpgauge
