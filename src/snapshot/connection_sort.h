// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_SNAPSHOT_CONNECTION_SORT_H_
#define TCPGAUGE_SRC_SNAPSHOT_CONNECTION_SORT_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/types/span.h"
#include "src/snapshot/measures.h"
#include "src/snapshot/snapshot.h"

namespace tcpgauge {

// What connections are sorted by, in the JSON API, the top view and what an attached view asks for. The top view's keys
// go through them in this order.
//
// Rates, bytes, times and counts put the most first, but idle the least and start the oldest; an unknown time is last.
// Endpoints and states ascend; addresses do so by their 16 bytes, see IpAddress. Equal connections stand in the order
// of appearance.
enum class ConnectionSort : uint8_t {
  kStart,  // the order of appearance: unsorted, in the top view
  kRate,
  kBytes,
  kIdle,
  kClient,
  kServer,
  kState,
  kUp,
  kDown,
  kRtt,
  kRetransmissions,
  kCount
};

// The API's names: "start", "rate", "bytes", "idle", "client", "server", "state", "up", "down", "rtt",
// "retransmissions".
std::string_view ConnectionSortName(ConnectionSort sort);
// nullopt for what is not exactly a name.
std::optional<ConnectionSort> ParseConnectionSort(std::string_view name);
// All names, with commas between.
std::string ConnectionSortNames();

// One connection in a list that is being sorted. Small, so that sorting seldom reads the connection itself.
struct SortEntry {
  uint64_t key;    // the smallest stands first
  uint32_t index;  // of the connection
};

// The key of a connection. `measures` are its numbers as the reader counts them: MeasuresOf(), or over another time.
uint64_t SortKey(const ConnectionSummary& connection, const Measures& measures, ConnectionSort sort);

// Brings the `count` entries that stand first to the front, in order; the others follow in any order. No two
// connections of a snapshot stand alike. `reverse` turns the order round, ties included. REQUIRES: count <=
// entries.size(), and SortEntry::index points into `connections`. Time: one pass over the entries, and a sort of
// `count`.
void SortFirst(absl::Span<SortEntry> entries, size_t count, const std::vector<ConnectionSummary>& connections,
               ConnectionSort sort, bool reverse);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_SNAPSHOT_CONNECTION_SORT_H_
