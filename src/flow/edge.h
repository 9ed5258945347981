// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_EDGE_H_
#define TCPGAUGE_SRC_FLOW_EDGE_H_

#include <cstdint>
#include <utility>

#include "src/base/exponential_buckets.h"
#include "src/net/endpoint.h"

namespace tcpgauge {

// The identity of an edge: one client (or client prefix), one port of one server (or server prefix), and who is at the
// two ends. So the names of an edge never change: connections with other names belong to another edge. Connections in
// different encapsulations belong to the same edge if their addresses and names are equal.
struct EdgeKey {
  IpAddress client;  // for a client prefix: the first address of the prefix
  Endpoint server;   // for a server prefix: the first address of the prefix
  bool is_server_prefix = false;
  // The ends that are local to this node, as in Binding. In a Snapshot, this member is 0: edges that differ only in it
  // are merged there, because nobody could tell them apart.
  uint8_t local_ends = 0;
  uint32_t client_identity = 0;  // NumberedIdentity::label_number; 0: unknown
  uint32_t server_identity = 0;

  friend bool operator==(const EdgeKey& a, const EdgeKey& b) {
    return a.client == b.client && a.server == b.server && a.is_server_prefix == b.is_server_prefix &&
           a.local_ends == b.local_ends && a.client_identity == b.client_identity &&
           a.server_identity == b.server_identity;
  }
  template <typename H>
  friend H AbslHashValue(H state, const EdgeKey& key) {
    // One number, because each further one takes time when a connection begins. The names are 0 most of the time.
    const uint64_t client = key.client_identity, server = key.server_identity;
    const uint64_t flags = key.local_ends * 2u + (key.is_server_prefix ? 1 : 0);
    return H::combine(std::move(state), key.client, key.server, client << 35 ^ server << 3 ^ flags);
  }
};

// The account of an edge: what the edge has been credited with. All members except the gauges only grow. Segments are
// those of both ends.
struct EdgeCounters {
  uint64_t client_payload_bytes = 0;
  uint64_t server_payload_bytes = 0;
  uint64_t segments = 0;                // those with payload; see Totals::segments
  uint64_t retransmitted_segments = 0;  // see Totals
  uint64_t out_of_order_segments = 0;   // see Totals
  uint64_t syn_retransmissions = 0;     // see Totals
  uint64_t connections_opened = 0;
  uint64_t connections_refused = 0;    // those that ended with EndReason::kRefused
  uint64_t connections_timed_out = 0;  // those that ended with EndReason::kHandshakeTimeout
  uint64_t handshake_rtt_count = 0;
  double handshake_rtt_sum_seconds = 0;
  uint64_t response_count = 0;  // exchanges of a request and its answer
  double response_sum_seconds = 0;
  int64_t connections = 0;  // a gauge: the connections that are neither closed nor reset now
  int64_t stalled = 0;      // a gauge: open connections that make no progress
};

// The distributions of the times whose sums are in EdgeCounters. Each time is counted in both.
struct EdgeDistributions {
  ExponentialBuckets handshake_rtt_seconds;
  ExponentialBuckets response_seconds;
};

// The account of an edge, with the distributions of its times.
struct EdgeAccount {
  EdgeCounters counters;
  EdgeDistributions distributions;
};

// Adds every member of `from` to the same member of `*to`.
void AddEdgeDistributions(const EdgeDistributions& from, EdgeDistributions* to);
// Subtracts every member of `from` from the same member of `*to` (see ExponentialBuckets::Subtract).
void SubtractEdgeDistributions(const EdgeDistributions& from, EdgeDistributions* to);

// Adds every member of `from` to the same member of `*to`.
void AddEdgeCounters(const EdgeCounters& from, EdgeCounters* to);
// Subtracts every member of `from` from the same member of `*to`.
void SubtractEdgeCounters(const EdgeCounters& from, EdgeCounters* to);

// Takes `part` away from `*all`. What would fall below zero becomes zero: the two may have been read at different
// moments, or be rounded.
void TakeEdgeCountersAway(const EdgeCounters& part, EdgeCounters* all);

// Adds the members `counters` and `distributions` of `from` to those of `*to`. Each of the two is an EdgeAccount, or
// another struct that has these members.
template <typename From, typename To>
void AddEdgeAccount(const From& from, To* to) {
  AddEdgeCounters(from.counters, &to->counters);
  AddEdgeDistributions(from.distributions, &to->distributions);
}
// Subtracts these members of `from` from those of `*to`.
template <typename From, typename To>
void SubtractEdgeAccount(const From& from, To* to) {
  SubtractEdgeCounters(from.counters, &to->counters);
  SubtractEdgeDistributions(from.distributions, &to->distributions);
}

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_EDGE_H_
