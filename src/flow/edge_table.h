// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_EDGE_TABLE_H_
#define TCPGAUGE_SRC_FLOW_EDGE_TABLE_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "src/flow/edge.h"
#include "src/flow/edge_services.h"
#include "src/net/connection_state.h"

namespace tcpgauge {

// An amount of traffic to credit: what one end of a connection sent.
struct EdgeTraffic {
  bool of_client = false;
  uint64_t payload_bytes = 0;
  uint32_t segments = 0;  // those with payload; see Totals::segments
  uint32_t retransmitted_segments = 0;
  uint32_t out_of_order_segments = 0;
};

struct EdgeTableOptions {
  size_t max_exported = 150;  // edges that can have series at the same time; 0 to kMaxExported
  int v4_prefix_bits = 32;    // clients with the same prefix share an edge; 0 to 32
  int v6_prefix_bits = 128;   // 0 to 128
};

// The durations that the connection table gives to its edge table.
struct EdgeTimes {
  int64_t window_ns = 0;        // edges are ranked over this window; every reader reads at least once in a window
  int64_t idle_timeout_ns = 0;  // an edge that carries no payload for this long loses its series
};

// Chooses the edges that have series of their own, and credits the traffic of every edge to an account.
//
// Design. There may be millions of edges, and only some of them can have series. Still, no counter may ever fall. Three
// rules make this possible.
//
// 1. A light edge needs no state. The table watches a bounded number of edges, several times as many as it can export.
// It finds them by random admission. The place of a watched edge is called a slot. When all slots are taken, a packet
// of an unwatched edge takes the slot of a light watched edge with the probability bytes / (bytes + weight of the light
// edge), where `bytes` is the packet's payload. The weight of an edge is its payload so far, in which older bytes weigh
// less and less. So a heavy edge is watched soon, and a flood of light edges changes little (after Ben Basat et al.,
// "Randomized Admission Policy for Efficient Top-k and Frequency Estimation", 2017). The heaviest of the watched edges
// are exported.
//
// 2. Every amount is credited at once, to exactly one account: the edge's own account while the edge is admitted, and
// the account `other` at all other times. So at every instant the accounts of all edges, other() and retired() together
// hold the sum of all credits.
//
// 3. An exported edge passes through three phases. Because of them, a reader that reads at least once in a window sees
// every increase.
//
// - announced: for a window, the edge's series exist and are zero. Credits still go to `other`.
// - admitted: credits go to the edge's own account.
// - retiring: for a window, the edge's counters keep their values, and its gauge of open connections is zero. Credits
//   go to `other` again.
//
// An edge begins to retire when it has carried no payload for the idle time-out, or when a much heavier edge is to be
// exported instead. At the end of the phase retiring, the edge's series end, and its account is added to retired(). The
// edge gets no new series for another window, so that every reader sees the series end before the counters start at
// zero again.
//
// Exception: the first window, which begins with the first connection. Readers are taken to have read nothing in this
// window, so the phases announced and retiring are skipped. An edge is admitted as soon as it is watched, if fewer than
// max_exported edges have series. As a result, the edges of a short file are credited with everything that they
// carried.
//
// Thread: confined to its connection table.
// Time: table time, in nanoseconds.
// Bounds: at most max_exported edges have series. The table watches up to four times max_exported edges (those with
// series included), or 1,024 if that is more. Edges beyond these bounds are credited to other(), and folded() counts
// their connections.
class EdgeTable {
 public:
  using Slot = uint16_t;
  static constexpr Slot kNone = 0;               // the edge is not watched
  static constexpr size_t kMaxExported = 15000;  // four times as many edges are watched, and Slot has 16 bits

  enum class Phase : uint8_t { kWatched, kAnnounced, kAdmitted, kRetiring };
  struct Edge {
    EdgeKey key;
    EdgeCounters counters;    // credited while the edge was admitted; the gauges are always 0
    int64_t connections = 0;  // open connections that hold this slot (see Open()), in every phase
    // In kWatched: when the edge's series ended, or 0 if the edge may be exported (again). In other phases: when the
    // phase began.
    int64_t phase_since_ns = 0;
    int64_t last_payload_ns = 0;  // when a packet with payload was last credited
    int64_t series_since_ns = 0;  // when the edge's series began; valid in all phases but kWatched
    Phase phase = Phase::kWatched;
    bool in_use = false;
  };

  // Returns the memory that a table with these options takes.
  static uint64_t MemoryBytes(const EdgeTableOptions& options);

  // `seed` makes random admission unpredictable. REQUIRES: options.max_exported <= kMaxExported.
  EdgeTable(const EdgeTableOptions& options, const EdgeTimes& times, uint64_t seed);

  // Returns the edge of a connection. Replaces the client's address by its prefix if the options say so.
  EdgeKey KeyOf(const IpAddress& client, const Endpoint& server) const {
    if (!groups_clients_) return {client, server};
    return {client.Prefix(options_.v4_prefix_bits, options_.v6_prefix_bits), server};
  }

  // For each connection, the caller calls Open() once. A connection is then open. It stays open until Close(), and is
  // open again after Reopen(). The gauge of open connections counts it while it is open.
  //
  // The caller also keeps a Slot for each connection, kNone at first, and passes the Slot to the functions below. The
  // table may meanwhile give this slot to another edge; each function notices that by the key. A connection "holds" the
  // slot as long as the slot contains the connection's edge.

  // Counts a new connection.
  void Open(const EdgeKey& key, int64_t now_ns);
  // REQUIRES: the connection is open.
  void Close(Slot slot, const EdgeKey& key) { --OpenConnections(slot, key); }
  // REQUIRES: the connection was closed.
  void Reopen(Slot slot, const EdgeKey& key) { ++OpenConnections(slot, key); }
  // Counts a connection that failed. REQUIRES: `reason` is kRefused or kHandshakeTimeout.
  void CreditFailure(Slot slot, const EdgeKey& key, EndReason reason);

  // Credits traffic of a connection for which Open() was called. `is_open`: whether the connection is open. Sets
  // `*slot` to the slot of the connection's edge, or to kNone if the edge is not watched. If `traffic` has payload, an
  // unwatched edge gets the chance to become watched.
  void Credit(Slot* slot, const EdgeKey& key, bool is_open, const EdgeTraffic& traffic, int64_t now_ns);
  // Credits traffic of a connection for which Open() was not called.
  void CreditUnopened(const EdgeKey& key, const EdgeTraffic& traffic);
  // Credits a completed handshake of an open connection. Sets `*slot` as Credit() does.
  void CreditHandshake(Slot* slot, const EdgeKey& key, double rtt_seconds);
  // Credits SYNs that a client sent again.
  void CreditSynRetransmissions(Slot slot, const EdgeKey& key, uint64_t count);

  // Notes that a connection of the edge `key` addressed its server as `service`. Ignores the call if `service` is the
  // edge's server itself, if `slot` does not hold the edge, and once EdgeServices::kMax services of the edge are known.
  // The services are forgotten when the edge loses its slot.
  void NoteService(Slot slot, const EdgeKey& key, const Endpoint& service) {
    if (service != key.server && Holds(slot, key)) services_[slot].Add(service);
  }

  // Chooses the exported edges anew, and ends phases that are over. Does nothing if it has already chosen within the
  // last second of table time.
  void Rebalance(int64_t now_ns);

  // Calls `visit(const EdgeKey&, const EdgeCounters&, const EdgeServices&, int64_t series_since_ns)` for each edge that
  // has series, in no order. The references are valid only during the call of `visit`.
  template <typename Visitor>
  void VisitExported(Visitor visit) const {
    for (size_t slot = 0; slot < edges_.size(); ++slot) {
      const Edge& edge = edges_[slot];
      if (edge.phase == Phase::kWatched) continue;
      EdgeCounters counters = edge.counters;
      if (edge.phase == Phase::kAdmitted) counters.connections = edge.connections;
      visit(edge.key, counters, services_[slot], edge.series_since_ns);
    }
  }
  // Returns the slot of an edge in the phase admitted. Returns kNone for all other edges.
  Slot FindAdmitted(const EdgeKey& key) const {
    const Slot slot = Find(key);
    return slot != kNone && edges_[slot].phase == Phase::kAdmitted ? slot : kNone;
  }
  // All slots are below this limit.
  size_t slot_limit() const { return edges_.size(); }
  int v4_prefix_bits() const { return options_.v4_prefix_bits; }
  int v6_prefix_bits() const { return options_.v6_prefix_bits; }

  // Returns the account of everything that was not credited to an admitted edge. Its gauge counts the open connections
  // of all edges that are not admitted now. Takes time in proportion to the number of watched edges.
  EdgeCounters other() const;
  // Whenever the series of an edge end, retired_edges() grows by 1 and the edge's account is added to retired(). The
  // gauges in retired() are 0.
  uint64_t retired_edges() const { return retired_edges_; }
  const EdgeCounters& retired() const { return retired_; }
  // The number of connections that were opened while their edge was not admitted.
  uint64_t folded() const { return folded_; }

 private:
  // Whether `slot` still contains the edge `key`.
  bool Holds(Slot slot, const EdgeKey& key) const { return slot != kNone && edges_[slot].key == key; }
  // Sets `*slot` to the slot of a connection's edge, or to kNone. If `bytes`, the payload of a packet, is not 0, an
  // unwatched edge gets the chance to become watched.
  void Hold(Slot* slot, const EdgeKey& key, bool is_open, uint64_t bytes, int64_t now_ns);
  // The number that counts the connection while it is open.
  int64_t& OpenConnections(Slot slot, const EdgeKey& key) {
    return Holds(slot, key) ? edges_[slot].connections : other_.connections;
  }
  // The account to which traffic of the edge in `slot` is credited now.
  EdgeCounters& Account(Slot slot) {
    return slot != kNone && edges_[slot].phase == Phase::kAdmitted ? edges_[slot].counters : other_;
  }
  // The slot of the edge, or kNone.
  Slot Find(const EdgeKey& key) const;
  // As Find(), for a connection that may hold `slot`.
  Slot Find(Slot slot, const EdgeKey& key) const { return Holds(slot, key) ? slot : Find(key); }
  static void Add(const EdgeTraffic& traffic, EdgeCounters* account);
  // Random admission: decides whether a packet with `bytes` of payload makes its edge watched. Returns the edge's new
  // slot, or kNone. REQUIRES: bytes > 0, and the edge is not watched.
  Slot TryWatch(const EdgeKey& key, uint64_t bytes, int64_t now_ns);
  // Whether the first window is still under way (see the exception above).
  bool InFirstWindow(int64_t now_ns) const { return now_ns - start_ns_ < times_.window_ns; }
  // Empties the slot. Does nothing if the slot is not in use. REQUIRES: the edge is in the phase kWatched.
  void Forget(Slot slot);
  void SetPhase(Edge* edge, Phase phase, int64_t now_ns);
  // Ends the series of an edge. The edge is still watched.
  void EndSeries(Edge* edge, int64_t now_ns);
  // Moves every edge whose phase is over to its next phase.
  void FinishPhases(int64_t now_ns);
  uint32_t Random();

  const EdgeTableOptions options_;
  const EdgeTimes times_;
  const bool groups_clients_;
  uint64_t random_state_;
  std::vector<Edge> edges_;  // by Slot; [0] is kNone and never used
  // By Slot: payload bytes, where older bytes weigh less and less. Not in Edge, because random admission reads many
  // weights and little else.
  std::vector<double> weights_;
  std::vector<EdgeServices> services_;  // by Slot; not in Edge, because crediting does not read them. See NoteService()
  size_t used_ = 1;                     // the slots below this number have been used
  absl::flat_hash_map<EdgeKey, Slot> index_;
  size_t exported_ = 0;
  EdgeCounters other_;    // other_.connections: open connections that hold no slot
  EdgeCounters retired_;  // the gauges are not used
  uint64_t retired_edges_ = 0;
  uint64_t folded_ = 0;
  int64_t start_ns_ = 0;  // when the first connection was opened; 0 before that
  int64_t next_rebalance_ns_ = 0;
  int64_t next_decay_ns_ = 0;
  std::vector<Slot> candidates_;  // scratch space of Rebalance()
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_EDGE_TABLE_H_
