// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_CAPTURE_SOCKET_ADDRESS_H_
#define TCPGAUGE_SRC_CAPTURE_SOCKET_ADDRESS_H_

#include <sys/socket.h>

#include <optional>

#include "src/net/ip_address.h"

namespace tcpgauge {

// The address in an AF_INET or AF_INET6 socket address; nullopt for null and other families.
std::optional<IpAddress> AddressOf(const sockaddr* address);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_CAPTURE_SOCKET_ADDRESS_H_
