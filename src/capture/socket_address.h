// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_CAPTURE_SOCKET_ADDRESS_H_
#define TCPGAUGE_SRC_CAPTURE_SOCKET_ADDRESS_H_

#include <sys/socket.h>

#include <optional>

#include "src/net/ip_address.h"

namespace tcpgauge {

// Returns the IP address in a socket address of the family AF_INET or AF_INET6. Nullopt when `address` is null or has
// another family.
std::optional<IpAddress> AddressOf(const sockaddr* address);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_CAPTURE_SOCKET_ADDRESS_H_
