// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_DECODE_TCP_HEADER_H_
#define TCPGAUGE_SRC_DECODE_TCP_HEADER_H_

#include <cstddef>
#include <cstdint>

#include "src/base/wire_integers.h"

namespace tcpgauge {

// The first 16 bytes of a TCP header (RFC 9293 section 3.1). A segment is decoded if at least these bytes were
// captured. The decoder does not need the bytes that follow: checksum and urgent pointer.
struct TcpHeader {
  Be16 source_port;
  Be16 destination_port;
  Be32 sequence_number;
  Be32 acknowledgment_number;
  uint8_t data_offset;  // upper four bits: the header's length in words of four bytes
  uint8_t flags;
  Be16 window;
};
static_assert(sizeof(TcpHeader) == 16, "wire layout");

// The offset of the byte `data_offset` in the header.
constexpr size_t kTcpDataOffsetAt = offsetof(TcpHeader, data_offset);
constexpr uint32_t kMinTcpHeaderBytes = 20;
constexpr uint32_t kMaxTcpHeaderBytes = 60;  // the most that the four bits of the data offset can state

// Returns the length in bytes that a header with this byte `data_offset` states, 0 to 60. A valid header has at least
// kMinTcpHeaderBytes.
constexpr uint32_t TcpHeaderLength(uint8_t data_offset) { return (data_offset >> 4) * 4u; }

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_DECODE_TCP_HEADER_H_
