// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_OVERFLOW_H_
#define TCPGAUGE_SRC_FLOW_OVERFLOW_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace tcpgauge {

// Parts of a connection table, besides the connections themselves, that are bounded: what they had no room for is
// counted.
enum class Overflow : uint8_t {
  kSequenceGaps,     // GapPool: bytes that were jumped over count as seen
  kEncapsulations,   // EncapsulationTable: connections of different networks may be taken for one
  kServerEndpoints,  // ServerEndpoints: not learned, which end is the client is guessed from ports
};
constexpr size_t kOverflowCount = 3;

using OverflowCounts = std::array<uint64_t, kOverflowCount>;  // indexed by Overflow

constexpr std::string_view OverflowName(Overflow overflow) {
  constexpr std::string_view kNames[] = {"sequence_gaps", "encapsulations", "server_endpoints"};
  return kNames[static_cast<size_t>(overflow)];
}

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_OVERFLOW_H_
