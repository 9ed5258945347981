// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_OVERFLOW_H_
#define TCPGAUGE_SRC_FLOW_OVERFLOW_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace tcpgauge {

// The bounded parts of a connection table, except for the connections themselves. Each part counts the entries that it
// had no room for. The comments say what an overflow makes less accurate.
enum class Overflow : uint8_t {
  kSequenceGaps,     // GapPool: the bytes of a gap count as seen, so a late segment counts as retransmitted
  kEncapsulations,   // EncapsulationTable: connections of different networks may be counted as one
  kServerEndpoints,  // ServerEndpoints: a server is not learned, so ports decide which end is the client
};
constexpr size_t kOverflowCount = 3;

using OverflowCounts = std::array<uint64_t, kOverflowCount>;  // indexed by Overflow

// The value of the metric's label.
constexpr std::string_view OverflowName(Overflow overflow) {
  constexpr std::string_view kNames[] = {"sequence_gaps", "encapsulations", "server_endpoints"};
  return kNames[static_cast<size_t>(overflow)];
}

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_OVERFLOW_H_
