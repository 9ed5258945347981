// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_SNAPSHOT_CONNECTION_QUERY_H_
#define TCPGAUGE_SRC_SNAPSHOT_CONNECTION_QUERY_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "src/snapshot/filter.h"
#include "src/snapshot/snapshot.h"

namespace tcpgauge {

// What connections are listed by, as the top view and the JSON API name it.
enum class ConnectionSort : uint8_t {
  kStart,
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

// "start", "rate", "bytes", "idle", "client", "server", "state", "up", "down", "rtt", "retransmissions".
std::string_view ConnectionSortName(ConnectionSort sort);
std::optional<ConnectionSort> ParseConnectionSort(std::string_view name);
// All names, with commas between.
std::string ConnectionSortNames();

// Which connections of a snapshot someone wants, and how many of them at most.
struct ConnectionQuery {
  ConnectionSort sort = ConnectionSort::kRate;
  bool reverse = false;
  std::string filter;  // see Filter::Parse()
  size_t limit = 100;

  friend bool operator==(const ConnectionQuery& a, const ConnectionQuery& b) {
    return a.sort == b.sort && a.reverse == b.reverse && a.filter == b.filter && a.limit == b.limit;
  }
};

// What the sum over some connections is.
struct ConnectionSum {
  uint64_t connections = 0;
  uint64_t client_payload_bytes = 0;
  uint64_t server_payload_bytes = 0;
  uint64_t retransmitted_segments = 0;
  double client_payload_bytes_per_second = 0;
  double server_payload_bytes_per_second = 0;

  void Add(const ConnectionSummary& connection);
};

struct ChosenConnections {
  std::vector<uint32_t> indexes;  // into Snapshot::connections, in order
  ConnectionSum matching;         // over all that the filter lets through, listed or not
};

// The first `limit` of the connections that `filter` lets through.
//
// Rates, bytes, times and counts put the most first, but idle the least and start the oldest; endpoints and states
// ascend. Equal ones stand in the order of appearance. `reverse` turns all of that round. One pass over all
// connections, and a sort of as many as are listed.
ChosenConnections ChooseConnections(const Snapshot& snapshot, const Filter& filter, ConnectionSort sort, bool reverse,
                                    size_t limit);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_SNAPSHOT_CONNECTION_QUERY_H_
