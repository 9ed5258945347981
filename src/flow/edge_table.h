// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_EDGE_TABLE_H_
#define TCPGAUGE_SRC_FLOW_EDGE_TABLE_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "src/base/time_units.h"
#include "src/flow/edge.h"

namespace tcpgauge {

// What one end of a connection sent of late.
struct EdgeTraffic {
  bool of_client = false;
  uint64_t payload_bytes = 0;
  uint32_t retransmitted_segments = 0;
};

struct EdgeTableOptions {
  size_t max_exported = 400;  // edges with series of their own at a time; at most 15000
  int v4_prefix_bits = 32;    // clients are grouped by prefix
  int v6_prefix_bits = 128;
  int64_t window_ns = 60 * kNanosecondsPerSecond;  // over which edges are ranked; at least the readers' interval
  // Without payload for so long, a series is given up.
  int64_t idle_timeout_ns = kSecondsPerHour * kNanosecondsPerSecond;
};

// Which edges have series of their own, and what every edge's traffic is credited to.
//
// More edges are watched than can be exported (four times as many): the heaviest, found by random admission: a packet
// of an edge that is not watched takes the place of a light one with the probability bytes / (bytes + the light one's
// weight), so what is heavy is soon watched, and a flood of light edges passes by (after Ben Basat et al., "Randomized
// Admission Policy for Efficient Top-k and Frequency Estimation", 2017). Of the watched, the heaviest are exported.
//
// An exported edge lives through three phases, so that sums over rates of all series equal the rate of the totals for
// every reader that comes at least once in a window:
// - announced: its series are there, at zero; credits still go to `other`;
// - admitted: credits are its own;
// - retiring: its series stay as they are; credits go to `other` again.
// Then it is gone, its bytes are added to retired(), and for a window it cannot come back, so that a reader sees it
// gone before its counters begin anew. In the first window after the start, when nobody can have seen earlier values,
// the first and the last phase are left out, and while there are places, an edge is admitted when it is first watched:
// so a short file's edges have all that they carried. Every credit goes to exactly one place, when it is given. So at
// every instant the sum of all edges, of other() and of retired() is the sum of all credits.
//
// Thread: confined to its connection table. Time: table time. Bounds: as said; nothing grows.
class EdgeTable {
 public:
  using Slot = uint16_t;
  static constexpr Slot kNone = 0;  // not watched
  static constexpr size_t kMaxExported = 15000;

  enum class Phase : uint8_t { kWatched, kAnnounced, kAdmitted, kRetiring };
  struct Edge {
    EdgeKey key;
    EdgeCounters counters;       // of the admitted phase; its gauge is not used
    int64_t connections = 0;     // that hold this slot, whatever the phase
    int64_t phase_since_ns = 0;  // of a watched one: when its series ended, until it may have them again; else 0
    int64_t last_payload_ns = 0;
    int64_t series_since_ns = 0;  // of one that has series
    Phase phase = Phase::kWatched;
    bool in_use = false;
  };

  // What one with these options takes.
  static uint64_t MemoryBytes(const EdgeTableOptions& options);

  EdgeTable(const EdgeTableOptions& options, uint64_t seed);

  EdgeKey KeyOf(const IpAddress& client, const Endpoint& server) const {
    if (!groups_clients_) return {client, server};
    return {client.Prefix(options_.v4_prefix_bits, options_.v6_prefix_bits), server};
  }

  // A connection was opened; it holds no slot.
  void Open(const EdgeKey& key, int64_t now_ns);
  // An opened connection, which holds `slot`, is gone.
  void Close(Slot slot, const EdgeKey& key, bool failed);

  // Traffic of an opened connection that holds `*slot`. It comes to hold its edge's slot when the edge is watched.
  void Credit(Slot* slot, const EdgeKey& key, const EdgeTraffic& traffic, int64_t now_ns);
  // Traffic of a connection that was never opened.
  void CreditUnopened(const EdgeKey& key, const EdgeTraffic& traffic);
  // Its connection comes to hold the slot likewise.
  void CreditHandshake(Slot* slot, const EdgeKey& key, double rtt_seconds);

  // Chooses anew which edges are exported. Cheap when called again within a second of table time.
  void Rebalance(int64_t now_ns);

  // All edges that have series, by `visit(const EdgeKey&, const EdgeCounters&, int64_t since when in nanoseconds)`.
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

  // What is credited to no edge of its own.
  EdgeCounters other() const;
  // Of edges that had series: how many, and what they carried. Only grows.
  uint64_t retired_edges() const { return retired_edges_; }
  const EdgeCounters& retired() const { return retired_; }
  // Connections that were opened on an edge without series of its own.
  uint64_t folded() const { return folded_; }

 private:
  bool Holds(Slot slot, const EdgeKey& key) const { return slot != kNone && edges_[slot].key == key; }
  // Has an opened connection hold its edge's slot, once it is watched; `bytes` may win it one.
  void Hold(Slot* slot, const EdgeKey& key, uint64_t bytes, int64_t now_ns);
  // Where credits of an edge go now.
  EdgeCounters& Account(Slot slot) {
    return slot != kNone && edges_[slot].phase == Phase::kAdmitted ? edges_[slot].counters : other_;
  }
  Slot Find(const EdgeKey& key) const;
  static void Add(const EdgeTraffic& traffic, EdgeCounters* account);
  // The slot that a packet of an unwatched edge wins, or kNone.
  Slot TryWatch(const EdgeKey& key, uint64_t bytes, int64_t now_ns);
  // Whether it is too early for anybody to miss what is not announced.
  bool InFirstWindow(int64_t now_ns) const { return now_ns - start_ns_ < options_.window_ns; }
  void Forget(Slot slot);
  void SetPhase(Edge* edge, Phase phase, int64_t now_ns);
  void Remove(Edge* edge, int64_t now_ns);
  void FinishPhases(int64_t now_ns);
  uint32_t Random();

  const EdgeTableOptions options_;
  const bool groups_clients_;
  uint64_t random_state_;
  std::vector<Edge> edges_;      // [0] stands for "none"
  std::vector<double> weights_;  // of the edges: payload bytes of late. Apart, since samples look at nothing else
  size_t used_ = 1;
  absl::flat_hash_map<EdgeKey, Slot> index_;
  size_t exported_ = 0;
  EdgeCounters other_;    // its gauge: connections that hold no slot
  EdgeCounters retired_;  // its gauge is not used
  uint64_t retired_edges_ = 0;
  uint64_t folded_ = 0;
  int64_t start_ns_ = 0;  // of the first credit
  int64_t next_rebalance_ns_ = 0;
  int64_t next_decay_ns_ = 0;
  std::vector<Slot> candidates_;  // scratch of Rebalance()
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_EDGE_TABLE_H_
