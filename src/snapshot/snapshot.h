// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_SNAPSHOT_SNAPSHOT_H_
#define TCPGAUGE_SRC_SNAPSHOT_SNAPSHOT_H_

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "src/flow/connection_summary.h"
#include "src/flow/edge.h"
#include "src/flow/totals.h"
#include "src/net/encapsulation.h"
#include "src/net/protocol.h"

namespace tcpgauge {

// One interface, or the file that is read. Counters only grow.
struct InterfaceView {
  std::string name;
  std::array<uint64_t, kProtocolCount> packets{};
  std::array<uint64_t, kProtocolCount> wire_bytes{};
  uint64_t dropped_packets = 0;    // by the kernel, for want of room in the capture buffer
  uint64_t duplicate_packets = 0;  // of connections that are counted on another interface
  bool up = true;
};

struct NamedCount {
  std::string_view name;  // of static storage
  uint64_t count = 0;
};

// An edge with series of its own: all connections of a client, or of a prefix of clients, to one server port.
struct EdgeView {
  EdgeKey key;
  EdgeCounters counters;
  int64_t start_time_ns = 0;  // Unix epoch: since when it has series
};

// Where everything that connections carried is credited: each byte to one of these when it came, so that their sum
// equals the totals at every moment.
struct EdgesView {
  std::vector<EdgeView> exported;
  EdgeCounters other;    // of edges without series of their own
  EdgeCounters retired;  // of edges that had them
  uint64_t retired_edges = 0;
  uint64_t folded = 0;  // connections that were opened on an edge without series of its own
  // Clients are grouped by prefixes of these lengths.
  int v4_prefix_bits = 32;
  int v6_prefix_bits = 128;
};

// All that is shown, at one moment. Immutable once published; every output reads the same one.
struct Snapshot {
  uint64_t sequence = 0;  // grows by one with each snapshot
  // Steady time (see Clock) since when it was copied: what packets brought before is in it. INT64_MAX when nothing
  // comes any more, INT64_MIN while some worker has published nothing.
  int64_t begun_ns = INT64_MIN;
  int64_t time_ns = 0;  // Unix epoch; with a file, the time in its packets. What idle times are measured against.
  int64_t capture_start_time_ns = 0;
  // By how much the wall clock was set since the start. Times in a snapshot go on as if it had not been; added to them,
  // this gives today's wall time.
  int64_t clock_stepped_ns = 0;
  double rate_window_seconds = 1;
  std::vector<ConnectionSummary> connections;        // heaviest first, see ConnectionSummary::rank
  std::vector<ConnectionSummary> ended_connections;  // those of the last ranking window, the heaviest, by rank too
  uint64_t connections_not_listed = 0;               // confirmed, but beyond the listing's bound
  std::vector<InterfaceView> interfaces;
  std::vector<Encapsulation> encapsulations{Encapsulation()};
  std::vector<NamedCount> decode_errors;
  std::vector<NamedCount> overflows;  // what bounded parts of the tables had no room for
  Totals totals;
  EdgesView edges;

  // Of an agent that runs elsewhere; see AttachedAgent.
  std::string agent;    // its name; empty = this process
  std::string trouble;  // why this is old; empty = it is not
  DirectionSummary
      not_listed_client_sent;  // rates and payload of the connections that were asked for but are not listed
  DirectionSummary not_listed_server_sent;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_SNAPSHOT_SNAPSHOT_H_
