// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_CAPTURE_PACKET_SOCKET_H_
#define TCPGAUGE_SRC_CAPTURE_PACKET_SOCKET_H_

#include <cstdint>
#include <optional>

#include "absl/status/status.h"

namespace tcpgauge {

// What can be done with a packet socket (packet(7)) once it is open, without any privilege. Thread: that of the socket.

// Moves the socket to the interface. It captures at once, or as soon as the interface is up. Not for a socket of a
// fanout group: kFailedPrecondition. Else kUnavailable, as when the interface is gone again.
absl::Status BindPacketSocket(int fd, uint32_t interface_index, bool promiscuous);

// Undoes what the socket did to the mode of an interface, which may be gone.
void LeavePromiscuousMode(int fd, uint32_t interface_index);

// What libpcap's pcap_datalink() says of a socket of type SOCK_RAW on an interface of that ARPHRD_*, as far as such
// sockets can be moved from one kind of interface to another; nullopt for the others, which libpcap opens otherwise.
std::optional<int> DatalinkOfRawSocket(int hardware_type);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_CAPTURE_PACKET_SOCKET_H_
