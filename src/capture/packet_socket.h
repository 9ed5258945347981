// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_CAPTURE_PACKET_SOCKET_H_
#define TCPGAUGE_SRC_CAPTURE_PACKET_SOCKET_H_

#include <linux/filter.h>

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/status.h"

namespace tcpgauge {

// Operations on an open packet socket (packet(7)). They need no privilege. The caller owns `fd`.
// Thread: the one that opens or reads the socket.

// Binds the socket to the interface with the number `interface_index`, and clears the socket's pending error. If
// `promiscuous`, also requests promiscuous mode. The socket captures at once or, if the interface is down, as soon as
// the interface is up.
//
// Errors: kFailedPrecondition when the socket belongs to a fanout group. kUnavailable for any other error, for example
// when the interface is gone. If only promiscuous mode fails, the socket stays bound.
absl::Status BindPacketSocket(int fd, uint32_t interface_index, bool promiscuous);

// Withdraws the promiscuous mode that the socket requested on this interface. Has no effect if the interface is gone or
// the mode was not requested.
void LeavePromiscuousMode(int fd, uint32_t interface_index);

// A group of packet sockets among which the kernel distributes the packets of one interface (PACKET_FANOUT).
struct SocketGroup {
  std::vector<sock_filter> program;  // returns the index of a socket; sockets are numbered in the order of joining
  // The rest is set by JoinSocketGroup().
  int mode = 0;     // how the kernel distributes: by the program or, if it cannot run one, by its own hash
  uint16_t id = 0;  // 0: no socket has joined yet
};

// Lets the socket join the group. The first socket creates the group. The kernel then reassembles IPv4 fragments before
// it chooses a socket. Returns 0, or -1 and sets errno.
int JoinSocketGroup(int fd, SocketGroup* group);

// Returns the data link type (DLT_*) that libpcap would report for a socket of type SOCK_RAW on an interface whose type
// is `hardware_type` (ARPHRD_*). Nullopt for a type that libpcap captures in another way: an open SOCK_RAW socket
// cannot be moved to such an interface.
std::optional<int> DatalinkOfRawSocket(int hardware_type);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_CAPTURE_PACKET_SOCKET_H_
