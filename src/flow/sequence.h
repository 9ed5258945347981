// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_SEQUENCE_H_
#define TCPGAUGE_SRC_FLOW_SEQUENCE_H_

#include <cstdint>

namespace tcpgauge {

// Comparisons of sequence numbers or acknowledgment numbers modulo 2^32 (RFC 9293 section 3.4), in host order. The
// result has a meaning only if the two numbers are less than 2^31 apart.
constexpr bool SequenceLess(uint32_t a, uint32_t b) { return static_cast<int32_t>(a - b) < 0; }
constexpr bool SequenceLessOrEqual(uint32_t a, uint32_t b) { return !SequenceLess(b, a); }

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_SEQUENCE_H_
