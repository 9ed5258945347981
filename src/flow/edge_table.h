// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_EDGE_TABLE_H_
#define TCPGAUGE_SRC_FLOW_EDGE_TABLE_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "src/flow/edge.h"

namespace tcpgauge {

// An amount of traffic to credit: what one end of a connection sent.
struct EdgeTraffic {
  bool of_client = false;
  uint64_t payload_bytes = 0;
  uint32_t retransmitted_segments = 0;
};

struct EdgeTableOptions {
  size_t max_exported = 400;  // edges that have series of their own at a time; at most kMaxExported
  int v4_prefix_bits = 32;    // clients with the same prefix share an edge
  int v6_prefix_bits = 128;
};

// Times that an edge table takes from its connection table.
struct EdgeTimes {
  int64_t window_ns = 0;        // edges are ranked over this window; at least the readers' interval
  int64_t idle_timeout_ns = 0;  // an edge that carries no payload for this long loses its series
};

// Chooses the edges that have series of their own, and credits the traffic of every edge to an account.
//
// Design. There may be millions of edges, only some of them can have series, and still a counter must never fall. Three
// rules make this possible.
//
// 1. A light edge needs no state. The table watches four times as many edges as it can export, and finds them by random
// admission: a packet of an unwatched edge takes the slot of a light watched edge with the probability
// bytes / (bytes + weight of the light edge). So a heavy edge is watched soon, and a flood of light edges changes
// little (after Ben Basat et al., "Randomized Admission Policy for Efficient Top-k and Frequency Estimation", 2017).
// The heaviest of the watched edges are exported.
//
// 2. Every amount is credited at once, to exactly one account: the edge's own while the edge is admitted, and `other`
// at all other times. So at every instant the accounts of all edges, other() and retired() together hold the sum of all
// credits.
//
// 3. An exported edge has three phases, so that a reader that comes at least once in a window sees every increase:
//
// - announced: its series exist and are zero; credits still go to `other`;
// - admitted: credits go to its own account;
// - retiring: its series keep their values; credits go to `other` again.
//
// After these phases its series end, and its account is added to retired(). It gets no new series for a window, so that
// a reader sees that they ended before its counters start at zero again. In the first window after the start no reader
// can have seen earlier values. So announcing and retiring are skipped then, and an edge is admitted as soon as it is
// watched, while fewer than max_exported have series. As a result, the edges of a short file are credited with
// everything that they carried.
//
// Thread: confined to its connection table.
// Time: table time, in nanoseconds.
// Bounds: max_exported edges have series; four times as many are watched, and at least 1,024. The traffic of all others
// goes to other(), and folded() counts their connections.
class EdgeTable {
 public:
  using Slot = uint16_t;
  static constexpr Slot kNone = 0;  // not watched
  static constexpr size_t kMaxExported = 15000;

  enum class Phase : uint8_t { kWatched, kAnnounced, kAdmitted, kRetiring };
  struct Edge {
    EdgeKey key;
    EdgeCounters counters;    // credited while it was admitted; `counters.connections` is not used
    int64_t connections = 0;  // open connections that hold this slot, in every phase
    // kWatched: when its series ended (0 = may be exported again). Other phases: when the phase began.
    int64_t phase_since_ns = 0;
    int64_t last_payload_ns = 0;
    int64_t series_since_ns = 0;  // when its series began; valid in all phases but kWatched
    Phase phase = Phase::kWatched;
    bool in_use = false;
  };

  // The memory that a table with these options takes.
  static uint64_t MemoryBytes(const EdgeTableOptions& options);

  EdgeTable(const EdgeTableOptions& options, const EdgeTimes& times, uint64_t seed);

  EdgeKey KeyOf(const IpAddress& client, const Endpoint& server) const {
    if (!groups_clients_) return {client, server};
    return {client.Prefix(options_.v4_prefix_bits, options_.v6_prefix_bits), server};
  }

  // Each opened connection keeps a Slot, kNone at first, and passes it to every call until Close(). A connection holds
  // its edge's slot when that Slot still contains the edge; another edge may have taken it.

  // Counts a new connection.
  void Open(const EdgeKey& key, int64_t now_ns);
  // Ends an opened connection. `failed`: refused, or its handshake timed out.
  void Close(Slot slot, const EdgeKey& key, bool failed);

  // Credits traffic of an opened connection. Sets `*slot` to the slot of its edge, or to kNone if the edge is not
  // watched.
  void Credit(Slot* slot, const EdgeKey& key, const EdgeTraffic& traffic, int64_t now_ns);
  // Credits traffic of a connection that was never opened.
  void CreditUnopened(const EdgeKey& key, const EdgeTraffic& traffic);
  // Credits a completed handshake of an opened connection. Sets `*slot` as Credit() does.
  void CreditHandshake(Slot* slot, const EdgeKey& key, double rtt_seconds);

  // Chooses the exported edges again and ends phases that are over. Returns at once when less than a second of table
  // time has passed since it last did so.
  void Rebalance(int64_t now_ns);

  // Calls `visit(const EdgeKey&, const EdgeCounters&, int64_t series_since_ns)` for each edge that has series.
  template <typename Visitor>
  void VisitExported(Visitor visit) const {
    for (const Edge& edge : edges_) {
      if (edge.phase == Phase::kWatched) continue;
      EdgeCounters counters = edge.counters;
      if (edge.phase == Phase::kAdmitted) counters.connections = edge.connections;
      visit(edge.key, counters, edge.series_since_ns);
    }
  }
  int v4_prefix_bits() const { return options_.v4_prefix_bits; }
  int v6_prefix_bits() const { return options_.v6_prefix_bits; }

  // The account of all traffic that was not credited to an admitted edge.
  EdgeCounters other() const;
  // The number of edges whose series ended, and the sum of their accounts. Both only grow.
  uint64_t retired_edges() const { return retired_edges_; }
  const EdgeCounters& retired() const { return retired_; }
  // Connections that were opened while their edge was not admitted.
  uint64_t folded() const { return folded_; }

 private:
  // Whether `slot` still contains the edge `key`.
  bool Holds(Slot slot, const EdgeKey& key) const { return slot != kNone && edges_[slot].key == key; }
  // Sets `*slot` to the slot of an opened connection's edge, or to kNone. `bytes` of payload give an unwatched edge the
  // chance to become watched.
  void Hold(Slot* slot, const EdgeKey& key, uint64_t bytes, int64_t now_ns);
  // The account to which the edge's traffic is credited now.
  EdgeCounters& Account(Slot slot) {
    return slot != kNone && edges_[slot].phase == Phase::kAdmitted ? edges_[slot].counters : other_;
  }
  Slot Find(const EdgeKey& key) const;
  static void Add(const EdgeTraffic& traffic, EdgeCounters* account);
  // Random admission: gives an unwatched edge a slot for a packet of `bytes`, or returns kNone.
  Slot TryWatch(const EdgeKey& key, uint64_t bytes, int64_t now_ns);
  // Whether it is so early that no reader can have seen earlier values.
  bool InFirstWindow(int64_t now_ns) const { return now_ns - start_ns_ < times_.window_ns; }
  // Empties the slot of a watched edge.
  void Forget(Slot slot);
  void SetPhase(Edge* edge, Phase phase, int64_t now_ns);
  // Ends the series of an edge; the edge is still watched.
  void EndSeries(Edge* edge, int64_t now_ns);
  // Moves every edge whose phase is over to its next phase.
  void FinishPhases(int64_t now_ns);
  uint32_t Random();

  const EdgeTableOptions options_;
  const EdgeTimes times_;
  const bool groups_clients_;
  uint64_t random_state_;
  std::vector<Edge> edges_;  // by Slot; [0] is kNone and never used
  // By Slot: payload bytes, decaying with time. Outside of Edge, because random admission mostly reads weights.
  std::vector<double> weights_;
  size_t used_ = 1;  // slots below this were used
  absl::flat_hash_map<EdgeKey, Slot> index_;
  size_t exported_ = 0;
  EdgeCounters other_;    // other_.connections: open connections that hold no slot
  EdgeCounters retired_;  // retired_.connections is not used
  uint64_t retired_edges_ = 0;
  uint64_t folded_ = 0;
  int64_t start_ns_ = 0;  // when the first connection was opened; 0 before that
  int64_t next_rebalance_ns_ = 0;
  int64_t next_decay_ns_ = 0;
  std::vector<Slot> candidates_;  // scratch space of Rebalance()
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_EDGE_TABLE_H_
