// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_SEGMENT_KIND_H_
#define TCPGAUGE_SRC_FLOW_SEGMENT_KIND_H_

#include "src/decode/decoded_packet.h"

namespace tcpgauge {

// Whether the flags are those of the first and of the second segment of a handshake (RFC 9293 section 3.5).
inline bool IsSyn(const DecodedPacket& segment) {
  return (segment.tcp_flags & (kTcpSyn | kTcpAck | kTcpRst)) == kTcpSyn;
}
inline bool IsSynAck(const DecodedPacket& segment) {
  return (segment.tcp_flags & (kTcpSyn | kTcpAck | kTcpRst)) == (kTcpSyn | kTcpAck);
}

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_SEGMENT_KIND_H_
