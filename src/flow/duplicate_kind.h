// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_DUPLICATE_KIND_H_
#define TCPGAUGE_SRC_FLOW_DUPLICATE_KIND_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace tcpgauge {

// How a packet that was captured several times differs from the copy that is counted.
enum class DuplicateKind : uint8_t {
  kInterface,     // only in the interface, or in the direction on it
  kTranslated,    // in an address or a port
  kEncapsulated,  // in VLAN tags or tunnels
};
constexpr size_t kDuplicateKindCount = 3;

using DuplicateCounts = std::array<uint64_t, kDuplicateKindCount>;  // indexed by DuplicateKind

// Adds every count of `from` to the same count of `*to`.
inline void AddDuplicateCounts(const DuplicateCounts& from, DuplicateCounts* to) {
  for (size_t i = 0; i < kDuplicateKindCount; ++i) (*to)[i] += from[i];
}

// The value of the label `kind` of the metric tcpgauge_capture_duplicate_packets_total.
constexpr std::string_view DuplicateKindName(DuplicateKind kind) {
  constexpr std::string_view kNames[] = {"interface", "translated", "encapsulated"};
  return kNames[static_cast<size_t>(kind)];
}

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_DUPLICATE_KIND_H_
