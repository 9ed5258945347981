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

// What connections are sorted by in the JSON API, the top view, and the queries of an attached view. The top view's
// keys step through the values in this order.
//
// The largest rate, byte count, RTT and count come first; so do the shortest idle time and the oldest start. An unknown
// RTT comes last. Endpoints and states ascend, addresses by their 16 bytes (see IpAddress). Equal connections are
// ordered by start time, then by id.
enum class ConnectionSort : uint8_t {
  kStart,  // by start time; the top view calls it unsorted
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
// The sort with exactly this name; nullopt when there is no such sort.
std::optional<ConnectionSort> ParseConnectionSort(std::string_view name);
// All names, separated by commas.
std::string ConnectionSortNames();

// One connection in a list that is being sorted. Small, so that sorting seldom reads the connection itself.
struct SortEntry {
  uint64_t key;    // smallest first
  uint32_t index;  // into the list of connections
};

// The key of a connection. `measures` are the numbers that the reader shows: MeasuresOf(), or those of another period.
uint64_t SortKey(const ConnectionSummary& connection, const Measures& measures, ConnectionSort sort);

// Moves the first `count` entries of the order to the front, sorted; the others follow in any order. Start time and id
// break ties. `reverse` reverses the whole order, ties included. Time: one pass over the entries, and a sort of
// `count`. REQUIRES: count <= entries.size(), and each SortEntry::index is an index into `connections`.
void SortFirst(absl::Span<SortEntry> entries, size_t count, const std::vector<ConnectionSummary>& connections,
               ConnectionSort sort, bool reverse);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_SNAPSHOT_CONNECTION_SORT_H_
