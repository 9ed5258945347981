// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_WINDOW_H_
#define TCPGAUGE_SRC_FLOW_WINDOW_H_

#include <cstdint>

#include "src/decode/decoded_packet.h"
#include "src/flow/connection_record.h"

namespace tcpgauge {

// The shift by which the windows that `end` advertises are scaled (RFC 7323 section 2.2). It is 0 if either end sent a
// SYN without the window scale option. Otherwise it is the shift in the SYN of `end` or, if that SYN was not seen, the
// largest shift.
inline uint32_t WindowShift(const EndRecord& end, const EndRecord& other) {
  const auto lacks_option = [](const EndRecord& each) {
    return each.has(EndRecord::kSynSeen) && each.window_scale == DecodedPacket::kNoWindowScale;
  };
  if (lacks_option(end) || lacks_option(other)) return 0;
  return end.has(EndRecord::kSynSeen) ? end.window_scale : DecodedPacket::kMaxWindowScale;
}

// The receive window that `end` last advertised, in bytes.
inline uint32_t WindowBytes(const EndRecord& end, const EndRecord& other) {
  return uint32_t{static_cast<uint16_t>(end.window)} << WindowShift(end, other);
}

// Returns what EndRecord::window must hold after a SYN or SYN-ACK of `end`. The window in such a segment is never
// scaled. If the SYN of `other` was seen, the result is the smallest value for which WindowBytes() is at least
// `syn_window_bytes`. Otherwise the result is `syn_window_bytes` itself. So WindowBytes() is at least
// `syn_window_bytes`, whatever the SYN of `other` says later.
inline uint16_t WindowOfSyn(uint16_t syn_window_bytes, const EndRecord& end, const EndRecord& other) {
  const uint32_t shift = other.has(EndRecord::kSynSeen) ? WindowShift(end, other) : 0;
  return static_cast<uint16_t>((syn_window_bytes + (1u << shift) - 1) >> shift);
}

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_WINDOW_H_
