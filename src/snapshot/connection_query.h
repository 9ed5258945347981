// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_SNAPSHOT_CONNECTION_QUERY_H_
#define TCPGAUGE_SRC_SNAPSHOT_CONNECTION_QUERY_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

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
// Time: one pass over all connections, plus a sort of `limit` of them.
ChosenConnections ChooseConnections(const Snapshot& snapshot, const Filter& filter, ConnectionSort sort, bool reverse,
                                    size_t limit);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_SNAPSHOT_CONNECTION_QUERY_H_
