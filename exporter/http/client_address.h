// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_HTTP_CLIENT_ADDRESS_H_
#define TCPGAUGE_EXPORTER_HTTP_CLIENT_ADDRESS_H_

#include <sys/socket.h>

#include <string>

namespace tcpgauge {

// Returns the name under which the server counts the connections and requests of a client: an IPv4 address, the first
// 64 bits of an IPv6 address, or "unix". One host can have all addresses of a /64 (RFC 7421), so a longer prefix would
// let it pass for many clients. An IPv4 address that is mapped into IPv6 is the same as the IPv4 address.
std::string ClientAddress(const sockaddr_storage& peer);

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_HTTP_CLIENT_ADDRESS_H_
