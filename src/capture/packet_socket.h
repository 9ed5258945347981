// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_CAPTURE_PACKET_SOCKET_H_
#define TCPGAUGE_SRC_CAPTURE_PACKET_SOCKET_H_

#include <cstdint>
#include <optional>

#include "absl/status/status.h"

namespace tcpgauge {

// Operations on an open packet socket (packet(7)) that need no privilege. The caller owns `fd`.
// Thread: the one that reads the socket.

// Moves the socket to the interface. It captures at once, or as soon as the interface is up.
// Errors: kFailedPrecondition (the socket belongs to a fanout group), kUnavailable (any other error, for example the
// interface is gone).
absl::Status BindPacketSocket(int fd, uint32_t interface_index, bool promiscuous);

// Ends the promiscuous mode that the socket requested. The interface may be gone.
void LeavePromiscuousMode(int fd, uint32_t interface_index);

// The data link type that libpcap would report for a socket of type SOCK_RAW on an interface of this type (ARPHRD_*).
// nullopt for interface types that libpcap captures in another way, so that the socket cannot be moved to them.
std::optional<int> DatalinkOfRawSocket(int hardware_type);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_CAPTURE_PACKET_SOCKET_H_
