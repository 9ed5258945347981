// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_OVERFLOW_H_
#define TCPGAUGE_SRC_FLOW_OVERFLOW_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace tcpgauge {

// The parts of a connection table that count how often they had no room for a new entry. The comment of each value
// names the class, and says what the overflow makes less accurate. The bound on connections has no value here, because
// Totals counts the evictions.
enum class Overflow : uint8_t {
  kSequenceGaps,     // GapPool: a gap counts as seen, so a late segment in it counts as retransmitted
  kEncapsulations,   // EncapsulationTable: connections of different networks may be counted as one
  kServerEndpoints,  // ServerEndpoints: a server may not be known, so ports decide which end is the client
  kFingerprints,     // FingerprintTable: two views of one connection may be counted as two connections
  kViews,            // ViewTable: a view is counted as another connection, or the old addresses stay shown
  kNames,            // BindingTable: the ends of a connection have no names
};
constexpr size_t kOverflowCount = 6;

using OverflowCounts = std::array<uint64_t, kOverflowCount>;  // indexed by Overflow

// The value of the label `part` of the metric tcpgauge_overflows_total.
constexpr std::string_view OverflowName(Overflow overflow) {
  constexpr std::string_view kTexts[] = {"sequence_gaps", "encapsulations", "server_endpoints",
                                         "fingerprints",  "views",          "names"};
  return kTexts[static_cast<size_t>(overflow)];
}

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_OVERFLOW_H_
