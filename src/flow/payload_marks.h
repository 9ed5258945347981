// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_PAYLOAD_MARKS_H_
#define TCPGAUGE_SRC_FLOW_PAYLOAD_MARKS_H_

#include <cstdint>

#include "src/flow/packed_amount.h"

namespace tcpgauge {

// What a connection keeps for its rates and its weight (see PayloadWindows), and how much of its payload its edge was
// told of (see ConnectionTable::TellEdge). All members are 0 when the connection begins.
//
// Time is divided into parts. "The latest part" is the one that contains ConnectionRecord::last_packet_time_ns.
struct PayloadMarks {
  // The values of EndRecord::payload_bytes at two moments, each modulo a power of two. After such a moment,
  // payload_bytes grows by less than this modulus before the value is replaced. Exception: a segment that is too long
  // for `told` (see TellAtOnce() in connection_table_packet.cc).
  struct OfEnd {
    uint32_t begin_low;       // at the beginning of the latest part, modulo 2^40: the lower 32 bits
    uint32_t begin_high : 8;  // the upper 8 bits of these 40
    uint32_t told : 24;       // when the edge was last told, modulo 2^24

    static constexpr uint64_t kBeginMask = (uint64_t{1} << 40) - 1;
    static constexpr uint64_t kToldMask = (1 << 24) - 1;

    void Begin(uint64_t payload_bytes) {
      begin_low = static_cast<uint32_t>(payload_bytes);
      begin_high = static_cast<uint32_t>(payload_bytes >> 32) & 0xff;
    }
    // The payload of the latest part.
    uint64_t SinceBegin(uint64_t payload_bytes) const {
      return (payload_bytes - (uint64_t{begin_high} << 32 | begin_low)) & kBeginMask;
    }
    void Tell(uint64_t payload_bytes) { told = payload_bytes & kToldMask; }
    uint64_t Untold(uint64_t payload_bytes) const { return (payload_bytes - told) & kToldMask; }
  };

  OfEnd ends[2];                // indexed by End, as are the next two arrays
  PackedAmount last[2];         // the payload of the part before the latest one
  PackedAmount before_last[2];  // the payload of the part before that
  PackedAmount weight;          // the weight when the latest part began
};
static_assert(sizeof(PayloadMarks) == 36, "see ConnectionMeasures");

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_PAYLOAD_MARKS_H_
