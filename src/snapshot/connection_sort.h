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

// The orders in which the JSON API, the top view and an attached view list connections. The top view's keys step
// through the values in the sequence of this enum.
//
// Connections that are equal in an order are sorted by start time (the oldest first), then by id.
enum class ConnectionSort : uint8_t {
  kStart,            // oldest first; the top view calls this order unsorted
  kRate,             // highest payload rate of both ends together first
  kBytes,            // most payload of both ends together first
  kIdle,             // latest packet first
  kClient,           // ascending by the 16 bytes of the client's address (see IpAddress), then by its port
  kClientName,       // ascending by ShownName() of the client, in lower case; unknown names come last
  kServer,           // like kClient, for the server
  kServerName,       // like kClientName, for the server
  kState,            // in the order of ConnectionState
  kUp,               // highest payload rate of the client first
  kDown,             // highest payload rate of the server first
  kRtt,              // longest round-trip time first; connections without one come last
  kResponse,         // longest smoothed response time first; connections without one come last
  kRetransmissions,  // most retransmitted segments of both ends together first
  kLoss,             // greatest LossOf() first
  kCount             // the number of orders, not an order itself
};

// Returns the API's name of the order: "start", "rate", "bytes", "idle", "client", "client_name", "server",
// "server_name", "state", "up", "down", "rtt", "response", "retransmissions" or "loss".
// REQUIRES: sort != ConnectionSort::kCount.
std::string_view ConnectionSortName(ConnectionSort sort);
// Returns the order with this name, or nullopt. Names are case-sensitive.
std::optional<ConnectionSort> ParseConnectionSort(std::string_view name);
// Returns all names, separated by ", ".
std::string ConnectionSortNames();

// The order of the names of the ends in one snapshot, for the orders kClientName and kServerName. With any other order
// the object is empty and costs nothing.
//
// Time: a sort of the snapshot's identities, which takes some 10 ms for 20,000 of them.
class NameRanks {
 public:
  NameRanks(const Snapshot& snapshot, ConnectionSort sort);

  // Returns the key of an identity, which is given by its index in Snapshot::identities. Equal names have equal keys.
  // REQUIRES: the order is one by name.
  uint64_t KeyOf(uint32_t identity) const { return ranks_[identity]; }

 private:
  std::vector<uint32_t> ranks_;  // indexed as Snapshot::identities
};

// A connection in a list that is being sorted. An entry is small and contains the key, so that sorting seldom reads the
// connection itself.
struct SortEntry {
  uint64_t key;    // from SortKey(); the smallest comes first
  uint32_t index;  // of the connection, in the list that is passed to SortFirst()
};

// Returns the key for sorting `connection` by `sort`. `names` was made for the connection's snapshot and for `sort`.
// `measures` are the numbers that the reader is shown. Their rates may be averages over another period than those of
// MeasuresOf(). A rate that is negative or NaN sorts as 0. The key of kClient and kServer holds only part of the
// endpoint; SortFirst() compares the rest.
uint64_t SortKey(const ConnectionSummary& connection, const Measures& measures, ConnectionSort sort,
                 const NameRanks& names);

// Moves the entries that come first by `sort`, `count` of them, to the front of `entries`. Neither these nor the others
// are sorted. With `reverse`, the whole order is reversed, including the order of equal connections.
//
// `connections` is the list that each SortEntry::index refers to.
// Time: one pass over the entries.
// REQUIRES: count <= entries.size(), each index is valid, and the keys are those of `sort`.
void SelectFirst(absl::Span<SortEntry> entries, size_t count, const std::vector<ConnectionSummary>& connections,
                 ConnectionSort sort, bool reverse);

// Like SelectFirst(), but the first `count` entries are sorted.
// Time: one pass over the entries, plus a sort of `count` of them.
// REQUIRES: those of SelectFirst().
void SortFirst(absl::Span<SortEntry> entries, size_t count, const std::vector<ConnectionSummary>& connections,
               ConnectionSort sort, bool reverse);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_SNAPSHOT_CONNECTION_SORT_H_
