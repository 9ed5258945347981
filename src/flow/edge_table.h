// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_EDGE_TABLE_H_
#define TCPGAUGE_SRC_FLOW_EDGE_TABLE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "src/flow/binding_table.h"
#include "src/flow/edge.h"
#include "src/flow/edge_binding.h"
#include "src/flow/edge_chooser.h"
#include "src/flow/edge_distribution_pool.h"
#include "src/flow/edge_services.h"
#include "src/flow/first_window.h"
#include "src/flow/workload_cells.h"
#include "src/net/connection_state.h"
#include "src/net/endpoint.h"
#include "src/net/ip_address.h"
#include "src/net/ip_network.h"

namespace tcpgauge {

// An amount of traffic to credit: what both ends of a connection sent.
struct EdgeTraffic {
  uint64_t client_payload_bytes = 0;
  uint64_t server_payload_bytes = 0;
  uint32_t segments = 0;  // segments with payload; see Totals::segments
  uint32_t retransmitted_segments = 0;
  uint32_t out_of_order_segments = 0;

  uint64_t payload_bytes() const { return client_payload_bytes + server_payload_bytes; }
  bool IsZero() const {
    return payload_bytes() == 0 && (segments | retransmitted_segments | out_of_order_segments) == 0;
  }
};

struct EdgeTableOptions {
  size_t max_exported = 150;  // edges that can have series at the same time; 0 to EdgeChooser::kMaxExported
  // The most edges that begin to have series within a minute, after the first window; nullopt is no limit (see
  // EdgeBudget).
  std::optional<size_t> max_new_per_minute;
  // The first window, which the tables of all workers share. Null: the table has a first window of its own.
  std::shared_ptr<FirstWindow> first_window;
  int v4_prefix_bits = 32;                // clients with the same prefix share an edge; 0 to 32
  int v6_prefix_bits = 128;               // 0 to 128
  int v4_server_prefix_bits = 32;         // servers with the same prefix and port share an edge; 0 to 32
  int v6_server_prefix_bits = 128;        // 0 to 128
  std::vector<IpNetwork> single_servers;  // servers in these networks are not grouped
  // Bounds the accounts of workloads; see WorkloadCells. 0 without identities.
  size_t max_workload_edges = 0;
};

// Credits the traffic of every edge to an account. An EdgeChooser chooses the edges that have series, and so an account
// of their own.
//
// Design. There may be millions of edges, and only some of them can have series. Still, no counter may ever fall. So
// every amount is credited to exactly one account, at the moment when the edge is told of the amount (see Ledger).
// While the edge is admitted (see EdgeChooser), that is the edge's own account. At all other times, it is the account
// `other`. At every instant, the accounts of all edges together with other() and retired() hold the sum of all credits.
// The account `other` is divided into the cells of workloads (see WorkloadCells).
//
// Thread: confined to its connection table.
// Time: table time, in nanoseconds.
// Bounds: those of EdgeChooser. Edges beyond these bounds are credited to other(), and folded() counts their
// connections.
class EdgeTable : private EdgeChooser::Accounts {
 public:
  using Slot = EdgeChooser::Slot;
  static constexpr Slot kNone = EdgeChooser::kNone;  // the edge is not watched

  // Returns the memory that a table with these options takes.
  static uint64_t MemoryBytes(const EdgeTableOptions& options);
  // Returns the most bindings that such a table uses.
  static uint64_t MaxBindings(const EdgeTableOptions& options) {
    return EdgeChooser::MaxBindings(options.max_exported);
  }

  // `seed` makes random admission unpredictable. `bindings` must outlive the table. REQUIRES: options.max_exported <=
  // EdgeChooser::kMaxExported.
  EdgeTable(const EdgeTableOptions& options, const EdgeTimes& times, uint64_t seed, BindingTable* bindings);

  // Returns the edge of a connection between ends without names. Replaces the addresses of client and server by their
  // prefixes if the options say so.
  EdgeKey KeyOf(const IpAddress& client, const Endpoint& server) const {
    return groups_ ? GroupedKeyOf(client, server) : EdgeKey{client, server};
  }
  // As above, with the names of the ends.
  EdgeKey KeyOf(const IpAddress& client, const Endpoint& server, const Binding& binding) const;
  // As above, for a connection that keeps `bound`.
  BoundEdge EdgeOf(const IpAddress& client, const Endpoint& server, EdgeBinding bound) const {
    BoundEdge edge;
    edge.bound = bound;
    if (groups_) {
      edge.key = GroupedKeyOf(client, server);
    } else {
      edge.key.client = client;
      edge.key.server = server;
    }
    if (bound.binding != BindingTable::kNobody) SetNames(bindings_->Get(bound.binding), &edge.key);
    return edge;
  }

  // Returns `edge` with the cell of the connection, which the connection uses from now on. REQUIRES: there is an
  // identity map, and edge.bound has no cell.
  BoundEdge WithCell(BoundEdge edge);
  // Ends the connection's use of its cell.
  void ReleaseCell(EdgeBinding bound) { cells_.Release(bound.cell); }

  // For each connection, the caller calls Open() once. A connection is then open. It stays open until Close(), and is
  // open again after Reopen(). The gauge of open connections counts it while it is open.
  //
  // The caller also keeps a Slot for each connection, kNone at first, and passes the Slot to the functions below. The
  // table may meanwhile give this slot to another edge. Each function compares the edge's key to notice this. A
  // connection "holds" the slot as long as the slot contains the connection's edge.

  // Counts a new connection.
  void Open(const BoundEdge& edge, int64_t now_ns);
  // REQUIRES: the connection is open.
  void Close(Slot slot, const BoundEdge& edge) { --OpenConnections(slot, edge); }
  // REQUIRES: the connection was closed.
  void Reopen(Slot slot, const BoundEdge& edge) { ++OpenConnections(slot, edge); }
  // Counts a connection that failed. REQUIRES: `reason` is kRefused or kHandshakeTimeout.
  void CreditFailure(Slot slot, const BoundEdge& edge, EndReason reason, int64_t now_ns);

  // Credits traffic of a connection for which Open() was called. `is_open`: whether the connection is open. Sets
  // `*slot` to the slot of the connection's edge, or to kNone if the edge is not watched. If `traffic` has payload, an
  // unwatched edge gets the chance to become watched. Returns edge.bound, perhaps with another cell: a connection that
  // holds a slot uses the cell of the slot. The connection must keep the result.
  EdgeBinding Credit(Slot* slot, const BoundEdge& edge, bool is_open, const EdgeTraffic& traffic, int64_t now_ns);
  // The common case of Credit(). If addresses are not grouped by prefix, and `slot` contains the connection's edge with
  // the same binding, credits the traffic and returns true. Otherwise does nothing and returns false, and the caller
  // must call Credit(). Needs no EdgeKey: making one took 2 % of the time of a packet.
  bool CreditHeld(Slot slot, const IpAddress& client, const Endpoint& server, EdgeBinding bound,
                  const EdgeTraffic& traffic, int64_t now_ns) {
    if (groups_ || !chooser_.Holds(slot, client, server, bound.binding)) return false;
    CreditSlot(slot, bound, traffic, now_ns);
    return true;
  }
  // Credits traffic of a connection between these ends for which Open() was not called.
  void CreditUnopened(const EdgeKey& key, const Binding& ends, const EdgeTraffic& traffic);
  // Credits a completed handshake of an open connection. Sets `*slot` and returns a result as Credit() does.
  EdgeBinding CreditHandshake(Slot* slot, const BoundEdge& edge, double rtt_seconds);
  // Credits an exchange of a connection between these ends.
  void CreditResponse(Slot slot, const IpAddress& client, const Endpoint& server, EdgeBinding bound,
                      double response_seconds);
  // Credits `count` SYNs that a client sent again because none was answered. REQUIRES: count > 0.
  void CreditSynRetransmissions(Slot slot, const BoundEdge& edge, uint64_t count, int64_t now_ns);

  // Notes that a connection of the edge `key` addressed its server as `service`. Ignores the call if `service` is the
  // edge's server itself or lies in the edge's server prefix, if `slot` does not contain the edge, or if
  // EdgeServices::kMax services of the edge are known. The services are forgotten when the edge loses its slot.
  void NoteService(Slot slot, const EdgeKey& key, const Endpoint& service);

  // Lets an edge that differs only in its names, which are those of `ends`, take the place of the exported edge `key`
  // (see EdgeChooser::Supersede). Returns false, and does nothing, if the edge is retiring already, or if there is no
  // room for another binding.
  bool Supersede(const EdgeKey& key, const Binding& ends, int64_t now_ns);
  // Counts an edge that was superseded because one of its ends got its first name.
  void CountRenamed() { ++renamed_; }
  // See EdgeChooser::Rebalance. Also forgets unused cells once in a window (see WorkloadCells::ForgetUnused).
  void Rebalance(int64_t now_ns);

  // Calls `visit(const EdgeKey&, const EdgeCounters&, const EdgeServices&, int64_t series_since_ns)` for each edge that
  // has series, in no order. The references are valid only during the call of `visit`.
  template <typename Visitor>
  void VisitExported(Visitor visit) const {
    chooser_.VisitExported([&](Slot slot, const EdgeKey& key, int64_t series_since_ns) {
      EdgeCounters counters = accounts_[slot].counters;
      if (chooser_.IsAdmitted(slot)) counters.connections = accounts_[slot].connections;
      visit(key, counters, services_[slot], series_since_ns);
    });
  }
  // Returns who is at the ends of an edge that has series. The reference is valid until the table is changed.
  const Binding& EndsOf(const EdgeKey& key) const { return bindings_->Get(chooser_.bound(chooser_.Find(key)).binding); }
  // Returns the distributions of the times in the account of an edge that has series. The reference is valid until the
  // table is changed.
  const EdgeDistributions& DistributionsOf(const EdgeKey& key) const;
  // Whether all clients of the edge have the same address.
  bool HasOneClient(const EdgeKey& key) const {
    return key.client.is_v4() ? options_.v4_prefix_bits == 32 : options_.v6_prefix_bits == 128;
  }
  // Returns the slot of an admitted edge. Returns kNone for all other edges.
  Slot FindAdmitted(const EdgeKey& key) const {
    const Slot slot = chooser_.Find(key);
    return chooser_.IsAdmitted(slot) ? slot : kNone;
  }
  // All slots are below this limit.
  size_t slot_limit() const { return accounts_.size(); }
  size_t max_exported() const { return options_.max_exported; }
  int v4_prefix_bits() const { return options_.v4_prefix_bits; }
  int v6_prefix_bits() const { return options_.v6_prefix_bits; }
  int v4_server_prefix_bits() const { return options_.v4_server_prefix_bits; }
  int v6_server_prefix_bits() const { return options_.v6_server_prefix_bits; }

  // Returns the account of everything that was not credited to an admitted edge. Its gauge counts the open connections
  // of all edges that are not admitted now. Takes time in proportion to the number of cells and slots.
  EdgeCounters other() const;
  // Returns the distributions of the times in other(). Takes time in proportion to the number of cells.
  EdgeDistributions other_distributions() const;
  // For each cell in use, appends to `*accounts` everything that was credited to the connections of the cell. That is
  // the sum of the cell's own account and of the accounts of its edges that have series. The gauge `connections` counts
  // the open connections. Takes time in proportion to the number of cells and slots.
  void AppendWorkloads(std::vector<WorkloadAccount>* accounts) const;
  // How often an edge got series.
  uint64_t new_edges() const { return chooser_.new_edges(); }
  // Whenever the series of an edge end, retired_edges() grows by 1 and the edge's account is added to retired(). The
  // gauges in retired() are 0.
  uint64_t retired_edges() const { return retired_edges_; }
  const EdgeCounters& retired() const { return retired_.counters; }
  // The distributions of the times in retired().
  const EdgeDistributions& retired_distributions() const { return retired_.distributions; }
  // How often CountRenamed() was called.
  uint64_t renamed() const { return renamed_; }
  // The number of connections that were opened while their edge was not admitted.
  uint64_t folded() const { return folded_; }

 private:
  // What belongs to the edge in a slot.
  struct SlotAccount {
    EdgeCounters counters;    // credited while the edge was admitted; the gauges are always 0
    int64_t connections = 0;  // open connections that hold this slot (see Open()), in every phase
  };

  void OnSeriesEnded(Slot slot, EdgeBinding bound) override;
  void OnForgotten(Slot slot, EdgeBinding bound) override;
  void Acquire(EdgeBinding bound) override {
    bindings_->AcquireAgain(bound.binding);
    cells_.AcquireAgain(bound.cell);
  }
  void Release(EdgeBinding bound) override {
    bindings_->Release(bound.binding);
    cells_.Release(bound.cell);
  }
  WorkloadCellKey CellOf(const EdgeKey& key, const Binding& ends) const;
  EdgeKey GroupedKeyOf(const IpAddress& client, const Endpoint& server) const;
  static void SetNames(const Binding& binding, EdgeKey* key);
  // Returns the prefix of a server's address. The options give its length.
  IpAddress ServerPrefix(const IpAddress& server) const {
    return server.Prefix(options_.v4_server_prefix_bits, options_.v6_server_prefix_bits);
  }
  // Whether `slot` still contains the edge `key`.
  bool Holds(Slot slot, const EdgeKey& key) const { return chooser_.Holds(slot, key); }
  // Credits traffic of the edge in `slot`, which may be kNone.
  void CreditSlot(Slot slot, EdgeBinding bound, const EdgeTraffic& traffic, int64_t now_ns) {
    Add(traffic, &Account(slot, bound));
    if (slot != kNone && traffic.payload_bytes() > 0) chooser_.NotePayload(slot, traffic.payload_bytes(), now_ns);
  }
  // Sets `*slot` to the slot of a connection's edge, or to kNone. If `bytes`, the payload to credit, is not 0, an
  // unwatched edge gets the chance to become watched. Returns the EdgeBinding that the connection must keep.
  EdgeBinding Hold(Slot* slot, const BoundEdge& edge, bool is_open, uint64_t bytes, int64_t now_ns);
  // The number that counts the connection while it is open.
  int64_t& OpenConnections(Slot slot, const BoundEdge& edge) {
    return Holds(slot, edge.key) ? accounts_[slot].connections : cells_.unadmitted(edge.bound.cell).connections;
  }
  // The slot of the edge `key`, or kNone. `slot` is the slot that a connection of this edge may hold.
  Slot Find(Slot slot, const EdgeKey& key) const { return Holds(slot, key) ? slot : chooser_.Find(key); }
  // The account to which traffic of the edge in `slot`, which may be kNone, is credited now. `bound` is the
  // connection's EdgeBinding.
  EdgeCounters& Account(Slot slot, EdgeBinding bound) {
    return chooser_.IsAdmitted(slot) ? accounts_[slot].counters : cells_.unadmitted(bound.cell);
  }
  // The distributions of the times in that account.
  EdgeDistributions& Distributions(Slot slot, EdgeBinding bound) {
    return chooser_.IsAdmitted(slot) ? distributions_.Of(slot) : cells_.distributions(bound.cell);
  }
  static void Add(const EdgeTraffic& traffic, EdgeCounters* account);

  const EdgeTableOptions options_;
  const int64_t window_ns_;
  const bool groups_;  // whether KeyOf() changes an address
  BindingTable* const bindings_;
  EdgeChooser chooser_;
  std::vector<SlotAccount> accounts_;   // by Slot; [0] is kNone and never used
  std::vector<EdgeServices> services_;  // by Slot; not in SlotAccount, because crediting does not read them
  EdgeDistributionPool distributions_;  // by Slot; only edges with series have any
  WorkloadCells cells_;
  int64_t next_forget_ns_ = 0;  // when cells may be forgotten
  EdgeAccount retired_;         // the gauges are not used
  uint64_t retired_edges_ = 0;
  uint64_t folded_ = 0;
  uint64_t renamed_ = 0;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_EDGE_TABLE_H_
