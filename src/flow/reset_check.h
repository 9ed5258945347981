// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_RESET_CHECK_H_
#define TCPGAUGE_SRC_FLOW_RESET_CHECK_H_

#include "src/decode/decoded_packet.h"
#include "src/flow/connection_record.h"

namespace tcpgauge {

// Whether the receiver of a RST would accept it (RFC 9293 section 3.5.3, RFC 5961 section 3). Anybody can send a RST
// with a forged address, but only the ends and the path between them know the numbers.
//
// - While the receiver has acknowledged nothing, the RST must acknowledge the receiver's SYN. Or its number must lie
//   between the SYN and the last byte that its sender sent.
// - A RST of the client in SYN-SENT must lie between its SYN and the last byte that it sent. Another one answers a
//   segment of an old connection (RFC 9293 section 3.5.1).
// - Any other RST must lie in the receive window, or between what its receiver acknowledged and what its sender sent.
//   The second range counts because segments may still be on their way to the receiver.
// - When no segment showed the receive window, the RST must lie within 1 GiB of what its sender sent.
// - The number of the sender's FIN is accepted too, although the receiver has acknowledged the FIN. macOS sends it.
//
// REQUIRES: `reset` is a RST from `sender`, and the connection is not in CLOSED or reset.
bool IsAcceptableReset(const ConnectionRecord& record, const DecodedPacket& reset, End sender);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_RESET_CHECK_H_
