// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TUI_GROUPING_H_
#define TCPGAUGE_TUI_GROUPING_H_

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string_view>

#include "src/snapshot/edge_groups.h"

namespace tcpgauge {

// What a row of the list is. The key `g` steps through the values in the sequence of this enum.
enum class Grouping : uint8_t { kConnections, kServices, kClients, kPairs, kWorkloads, kInterfaces, kCount };

constexpr std::string_view kGroupingNouns[] = {"Connections", "Services",  "Clients",
                                               "Pairs",       "Workloads", "Interfaces"};
static_assert(std::size(kGroupingNouns) == static_cast<size_t>(Grouping::kCount), "a noun for each");

constexpr std::string_view NounOf(Grouping grouping) { return kGroupingNouns[static_cast<size_t>(grouping)]; }

// REQUIRES: grouping is neither kConnections nor kCount.
constexpr EdgeGroupKind KindOf(Grouping grouping) { return static_cast<EdgeGroupKind>(static_cast<int>(grouping) - 1); }
static_assert(KindOf(Grouping::kServices) == EdgeGroupKind::kService, "for KindOf()");
static_assert(KindOf(Grouping::kInterfaces) == EdgeGroupKind::kInterface, "for KindOf()");

// The orders in which groups are listed. The keys `<` and `>` step through the values in the sequence of this enum.
enum class GroupSort : uint8_t {
  kRate,      // highest payload rate of both directions together first
  kFailing,   // most failed connections of the last minute first, then by rate
  kResponse,  // longest mean response time first; groups without one come last
  kOpen,      // most open connections first
  kUp,        // highest payload rate of the clients first
  kDown,      // highest payload rate of the servers first
  kLoss,      // greatest loss first
  kRtt,       // longest mean round-trip time first; groups without one come last
  kName,      // ascending by addresses and ports, or by the name of the workload or interface
  kCount
};

constexpr std::string_view kGroupSortTexts[] = {"rate", "failing", "response", "open", "up",
                                                "down", "loss",    "RTT",      "name"};
static_assert(std::size(kGroupSortTexts) == static_cast<size_t>(GroupSort::kCount), "a text for each");

// The words after "Sorted by ".
constexpr std::string_view TextOf(GroupSort sort) { return kGroupSortTexts[static_cast<size_t>(sort)]; }

}  // namespace tcpgauge

#endif  // TCPGAUGE_TUI_GROUPING_H_
