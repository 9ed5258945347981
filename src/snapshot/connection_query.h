// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_SNAPSHOT_CONNECTION_QUERY_H_
#define TCPGAUGE_SRC_SNAPSHOT_CONNECTION_QUERY_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "src/snapshot/connection_sort.h"
#include "src/snapshot/filter.h"
#include "src/snapshot/measures.h"
#include "src/snapshot/snapshot.h"

namespace tcpgauge {

// Says which connections of a snapshot a reader wants, how many, and in which order.
struct ConnectionQuery {
  ConnectionSort sort = ConnectionSort::kRate;
  bool reverse = false;  // the opposite of the order of `sort`
  std::string filter;    // a text for Filter::Parse(); empty = all connections
  size_t limit = 100;    // how many connections to list at most

  friend bool operator==(const ConnectionQuery& a, const ConnectionQuery& b) {
    return a.sort == b.sort && a.reverse == b.reverse && a.filter == b.filter && a.limit == b.limit;
  }
};

// A number of connections, and the sum of their measures.
struct ConnectionSum {
  uint64_t connections = 0;
  Measures measures;
};

// The result of ChooseConnections().
struct ChosenConnections {
  std::vector<uint32_t> indexes;  // the listed connections: indexes into Snapshot::connections, in the requested order
  ConnectionSum matching;         // all connections that match the filter, listed or not
};

// Takes the members of Snapshot::connections that match `filter`, puts them in the order of `sort` (in the opposite
// order if `reverse`), and returns the first `limit` of them. Ended connections are never chosen.
//
// Thread: any.
// Time: one pass over all connections, plus a sort of `limit` of them. The orders by name also take the time of
// NameRanks.
// Bounds: 16 bytes for each of `limit` + kSelectedAtOnce connections, and 4 bytes for each listed one.
ChosenConnections ChooseConnections(const Snapshot& snapshot, const Filter& filter, ConnectionSort sort, bool reverse,
                                    size_t limit);

// As above, but returns nullopt soon after `must_stop` has returned true. Calls `must_stop` once for every
// kRowsBetweenStops connections that are read. The longest work between two calls is a selection from `limit` +
// kSelectedAtOnce connections, or a sort of `limit` connections. Either takes a few milliseconds when `limit` is
// 10,000. NameRanks are made before the first call.
std::optional<ChosenConnections> ChooseConnections(const Snapshot& snapshot, const Filter& filter, ConnectionSort sort,
                                                   bool reverse, size_t limit, absl::FunctionRef<bool()> must_stop);

// How many connections are read or written between two calls of a `must_stop`. For each connection, a filter with 64
// long terms takes up to 0.1 ms. A `must_stop` that reads the thread's processor time takes 0.3 us.
constexpr size_t kRowsBetweenStops = 64;

// ChooseConnections() keeps the best `limit` connections so far and collects this many more before it selects again.
constexpr size_t kSelectedAtOnce = 16384;

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_SNAPSHOT_CONNECTION_QUERY_H_
