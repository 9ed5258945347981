// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_DECODE_TCP_HEADER_H_
#define TCPGAUGE_SRC_DECODE_TCP_HEADER_H_

#include <cstddef>
#include <cstdint>

#include "src/base/wire_integers.h"

namespace tcpgauge {

// RFC 9293 section 3.1, without the checksum and the urgent pointer: nothing here looks at them, so a capture that was
// cut off before them still holds a segment.
struct TcpHeader {
  Be16 source_port;
  Be16 destination_port;
  Be32 sequence_number;
  Be32 acknowledgment_number;
  uint8_t data_offset;  // in the upper half, in words of four bytes
  uint8_t flags;
  Be16 window;
};
static_assert(sizeof(TcpHeader) == 16, "wire layout");

constexpr size_t kTcpDataOffsetAt = offsetof(TcpHeader, data_offset);
constexpr uint32_t kMinTcpHeaderBytes = 20;
constexpr uint32_t kMaxTcpHeaderBytes = 60;  // with options, by the four bits of the data offset

// Of the header, by its byte `data_offset`.
constexpr uint32_t TcpHeaderLength(uint8_t data_offset) { return (data_offset >> 4) * 4u; }

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_DECODE_TCP_HEADER_H_
