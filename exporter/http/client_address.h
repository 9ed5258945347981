// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_HTTP_CLIENT_ADDRESS_H_
#define TCPGAUGE_EXPORTER_HTTP_CLIENT_ADDRESS_H_

#include <sys/socket.h>

#include <string>

namespace tcpgauge {

// The name of all clients of unix sockets.
inline constexpr char kUnixClient[] = "unix";

// Returns the name under which the server counts the connections and requests of a client:
// - "192.0.2.1" for an IPv4 address, and for an IPv4 address that is mapped into IPv6;
// - "2001:db8::/64" for an IPv6 address. One host can have all addresses of a /64 (RFC 7421). With a longer prefix,
//   such a host would pass for many clients.
// - kUnixClient for a client of a unix socket.
std::string ClientAddress(const sockaddr_storage& peer);

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_HTTP_CLIENT_ADDRESS_H_
