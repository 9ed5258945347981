// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_SEGMENT_KIND_H_
#define TCPGAUGE_SRC_FLOW_SEGMENT_KIND_H_

#include "src/decode/decoded_packet.h"

namespace tcpgauge {

// Whether the segment is the first one of a handshake (RFC 9293 section 3.5): a SYN without ACK or RST.
inline bool IsSyn(const DecodedPacket& segment) {
  return (segment.tcp_flags & (kTcpSyn | kTcpAck | kTcpRst)) == kTcpSyn;
}
// Whether the segment is the second one of a handshake: a SYN with ACK and without RST.
inline bool IsSynAck(const DecodedPacket& segment) {
  return (segment.tcp_flags & (kTcpSyn | kTcpAck | kTcpRst)) == (kTcpSyn | kTcpAck);
}

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_SEGMENT_KIND_H_
