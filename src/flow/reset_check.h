// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_RESET_CHECK_H_
#define TCPGAUGE_SRC_FLOW_RESET_CHECK_H_

#include "src/decode/decoded_packet.h"
#include "src/flow/connection_record.h"

namespace tcpgauge {

// Whether the receiver of a RST would accept it (RFC 9293 section 3.5.3, RFC 5961 section 3). Anybody can send a RST
// with a forged address, but only the ends and the path between them know the sequence numbers.
//
// The first rule that applies decides. "Number" is the sequence number of the RST. The numbers that an end sent go from
// the number of its SYN to the number after its last byte, both included.
// - The client sends the RST in SYN-SENT: the number must be among those that the client sent. With another number, the
//   RST answers a segment of an old connection (RFC 9293 section 3.5.1).
// - The receiver sent a SYN, and has acknowledged nothing: the RST must acknowledge this SYN, or the number must be
//   among those that the sender of the RST sent.
// - No segment showed the receive window: the number must lie within 1 GiB of the number after the sender's last byte.
//   If nothing of the sender was seen, any number is accepted.
// - Otherwise: the number must lie in the receive window, or between the receiver's acknowledgment number and the
//   number after the sender's last byte. The second range is accepted because segments may still be on their way. The
//   number of the sender's FIN is accepted even if the receiver has acknowledged the FIN, because macOS sends such
//   RSTs.
//
// REQUIRES: `reset` is a RST from `sender`, and the state of the connection is neither kClosed nor kReset.
bool IsAcceptableReset(const ConnectionRecord& record, const DecodedPacket& reset, End sender);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_RESET_CHECK_H_
