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

// Selects, orders and limits the connections of a snapshot.
struct ConnectionQuery {
  ConnectionSort sort = ConnectionSort::kRate;
  bool reverse = false;
  std::string filter;  // see Filter::Parse()
  size_t limit = 100;

  friend bool operator==(const ConnectionQuery& a, const ConnectionQuery& b) {
    return a.sort == b.sort && a.reverse == b.reverse && a.filter == b.filter && a.limit == b.limit;
  }
};

// A number of connections, and the sum of their measures.
struct ConnectionSum {
  uint64_t connections = 0;
  Measures measures;
};

struct ChosenConnections {
  std::vector<uint32_t> indexes;  // into Snapshot::connections, in the requested order
  ConnectionSum matching;         // all that pass the filter, beyond the limit too
};

// The first `limit` of the connections that pass `filter`, in the order of `sort`, or in the opposite order with
// `reverse`. Time: one pass over all connections, and a sort of `limit`.
ChosenConnections ChooseConnections(const Snapshot& snapshot, const Filter& filter, ConnectionSort sort, bool reverse,
                                    size_t limit);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_SNAPSHOT_CONNECTION_QUERY_H_
