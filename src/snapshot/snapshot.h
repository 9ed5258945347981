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

// One interface, or the file that is read. Its counters never fall.
struct InterfaceView {
  std::string name;
  std::array<uint64_t, kProtocolCount> packets{};
  std::array<uint64_t, kProtocolCount> wire_bytes{};
  uint64_t dropped_packets = 0;    // dropped by the kernel because the capture buffer was full
  uint64_t duplicate_packets = 0;  // of connections that are counted on another interface
  bool up = true;
};

struct NamedCount {
  std::string_view name;  // static storage
  uint64_t count = 0;
};

// An edge with series of its own: all connections of a client, or of a prefix of clients, to one server port.
struct EdgeView {
  EdgeKey key;
  EdgeCounters counters;
  int64_t start_time_ns = 0;  // Unix epoch: when its series started
};

// The accounts of the traffic of all edges. Each byte is credited to exactly one account when it comes, so the sum of
// all accounts always equals the totals.
struct EdgesView {
  std::vector<EdgeView> exported;
  EdgeCounters other;    // edges without series of their own
  EdgeCounters retired;  // edges that had series and lost them
  uint64_t retired_edges = 0;
  uint64_t folded = 0;  // connections opened on an edge without series of its own
  // Clients are grouped by prefixes of these lengths.
  int v4_prefix_bits = 32;
  int v6_prefix_bits = 128;
};

// Everything that the outputs show, at one moment. Immutable once published; all outputs read the same snapshot.
struct Snapshot {
  uint64_t sequence = 0;  // one more in each snapshot
  // Steady time (see Clock) at which the copying started: the snapshot includes every packet that was counted before.
  // INT64_MAX when no more packets come; INT64_MIN until every worker has published.
  int64_t begun_ns = INT64_MIN;
  // Unix epoch; packet time when a file is read. Idle times are measured against it.
  int64_t time_ns = 0;
  int64_t capture_start_time_ns = 0;  // Unix epoch
  // How far the wall clock was set since the start; negative when it was set back. The times in a snapshot do not
  // follow such steps: a time plus this value is the wall time.
  int64_t clock_stepped_ns = 0;
  double rate_window_seconds = 1;
  std::vector<ConnectionSummary> connections;        // heaviest first, see ConnectionSummary::rank
  std::vector<ConnectionSummary> ended_connections;  // the heaviest that ended in the last ranking window
  uint64_t connections_not_listed = 0;               // confirmed connections beyond WorkerPublisher's bound
  std::vector<InterfaceView> interfaces;
  std::vector<Encapsulation> encapsulations{Encapsulation()};  // the first is the empty one
  std::vector<NamedCount> decode_errors;
  std::vector<NamedCount> overflows;  // what the bounded parts of the tables had no room for
  Totals totals;
  EdgesView edges;

  // The rest is for the snapshot of an agent that runs elsewhere; see AttachedAgent.
  std::string agent;    // its name; empty = this process
  std::string trouble;  // why the snapshot is old; empty = it is up to date
  // Rates and payload of the connections that match the query but are not listed.
  DirectionSummary not_listed_client_sent;
  DirectionSummary not_listed_server_sent;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_SNAPSHOT_SNAPSHOT_H_
