// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_NET_PACKET_DIRECTION_H_
#define TCPGAUGE_SRC_NET_PACKET_DIRECTION_H_

#include <cstdint>

namespace tcpgauge {

// Which way a packet crossed its interface, as seen from the host that captured the packet. The values fit into two
// bits.
enum class PacketDirection : uint8_t {
  kUnknown,  // the capture does not tell
  kIn,       // the host received the packet, even if the packet was not meant for the host
  kOut,      // the host sent the packet
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_NET_PACKET_DIRECTION_H_
