// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_LEDGER_H_
#define TCPGAUGE_SRC_FLOW_LEDGER_H_

#include <cstdint>
#include <memory>
#include <utility>

#include "src/flow/connection_names.h"
#include "src/flow/connection_record.h"
#include "src/flow/edge_binding.h"
#include "src/flow/edge_table.h"
#include "src/flow/interface_accounts.h"
#include "src/flow/probe.h"
#include "src/flow/totals.h"
#include "src/naming/identity_map.h"
#include "src/net/connection_key.h"
#include "src/net/connection_state.h"

namespace tcpgauge {

// The account of everything that is counted: the totals and, if the table keeps rates, the edges and the interfaces.
// Probes, zero windows, ignored resets and late segments count in the totals alone.
//
// Design. The totals count a packet when it comes. An edge is told later: when a pass copies the connection, before
// WorkerSampler takes a sample, when segments were lost, when the connection ends, and every few seconds in any case.
// Telling the edge of each packet took a quarter of the time that a packet takes: the edge has to be found among
// thousands, and it has to be decided whether the edge is watched. Traffic of which no edge was told yet is not in
// told_totals() either. So the traffic of all edges adds up to told_totals() at every instant. So does the traffic of
// all interfaces: whatever an edge is credited with, the interface of the connection is credited with at the same time.
//
// An alternative, adding up the rows of a snapshot, was rejected: eviction, the bound on listed rows and the slices of
// a pass would each make such a sum wrong, and a counter could fall.
//
// A midstream connection is counted when it is confirmed, with everything that it carried until then. If it ends
// unconfirmed, its traffic is counted when it ends, and the connection itself is not counted.
//
// An "opened" connection is a confirmed one, from Open() until it ends.
//
// Thread: confined to its table.
// Time: table time, in nanoseconds.
// Bounds: those of EdgeTable.
class Ledger {
 public:
  // If `edges` is null, only totals are kept. `names` must outlive the ledger.
  Ledger(std::unique_ptr<EdgeTable> edges, ConnectionNames* names) : edges_(std::move(edges)), names_(*names) {}

  const Totals& totals() const { return totals_; }
  // The totals, without the traffic (EdgeTraffic) of which no edge was told yet. At any time, the traffic in the
  // accounts of all edges adds up to the traffic in this result. If no edges are kept, the same as totals().
  Totals told_totals() const;
  // Null if no edges are kept.
  const EdgeTable* edges() const { return edges_.get(); }
  // See InterfaceAccounts::Get() and Take(). Empty if no edges are kept.
  EdgeCounters InterfaceAccount(size_t interface) const { return interfaces_.Get(interface); }
  EdgeCounters TakeInterfaceAccount(size_t interface) { return interfaces_.Take(interface); }

  // Counts, in the totals, a connection that is now confirmed. The caller must then call Enter() with the connection's
  // state, and OpenEdge(). For an attempt to connect, the caller may call OpenEdge() later, because the server's
  // address may not be known yet (see Edges in ConnectionTable).
  void Open(bool midstream) { ++(midstream ? totals_.opened_midstream : totals_.opened_handshake); }
  // Counts an opened connection for its edge. The edge then counts the connection as open, whatever its state. If the
  // state is not open, the caller must call CloseEdge() next. `client` is the end of `key` that is the client.
  // `interface` is that of the connection. `begun_ns`: see NameFinder::FindClient.
  //
  // Call it once for each opened connection, before CreditHandshake(), CreditResponse() and Close() of the connection.
  // Returns what the connection keeps of the names of its ends. The caller passes it to the other functions, and to
  // Release() when the connection ends.
  EdgeBinding OpenEdge(const ConnectionKey& key, End client, size_t interface, int64_t begun_ns, int64_t now_ns) {
    ++opened_for_edges_;
    if (edges_ != nullptr) ++interfaces_.Of(interface).connections_opened;
    if (names_.finder().is_on()) return OpenNamedEdge(key, client, begun_ns, now_ns);
    if (edges_ != nullptr) edges_->Open(EdgeOf(key, client, EdgeBinding()), now_ns);
    return EdgeBinding();
  }
  // As above, for a connection that has a record: sets record->bound, and sets record->edge to EdgeTable::kNone. Also
  // credits the edge with the SYN retransmissions in record->pending_edge. REQUIRES: record->is_edge_pending. Sets it
  // to false.
  void OpenEdge(size_t interface, int64_t begun_ns, int64_t now_ns, ConnectionRecord* record);
  // Gives each unknown end of an open connection its name, if the name is known by now. With a new name, the connection
  // belongs to another edge. So it is closed in the old edge and reopened in the new one, and `*edge` and `*bound` are
  // those of the new edge. What was credited before stays where it is. Without a new name, does nothing. REQUIRES:
  // OpenEdge() was called.
  void BindAgain(const ConnectionKey& key, End client, int64_t begun_ns, int64_t now_ns, EdgeTable::Slot* edge,
                 EdgeBinding* bound);
  // Ends the connection's use of the names in `*bound`, and resets `*bound`.
  void Release(EdgeBinding* bound) {
    if (names_.finder().is_on()) ReleaseNames(bound);
  }
  // The next two functions tell the edge whether the connection is open (see IsOpen()). Call CloseEdge() when the
  // connection is closed or reset, or when it ends while it is open. Call ReopenEdge() when it is open again. `edge` is
  // ConnectionRecord::edge, or EdgeTable::kNone for an embryo. REQUIRES: OpenEdge() was called.
  void CloseEdge(const ConnectionKey& key, End client, EdgeTable::Slot edge, EdgeBinding bound) {
    if (edges_ != nullptr) edges_->Close(edge, EdgeOf(key, client, bound));
  }
  void ReopenEdge(const ConnectionKey& key, End client, EdgeTable::Slot edge, EdgeBinding bound) {
    if (edges_ != nullptr) edges_->Reopen(edge, EdgeOf(key, client, bound));
  }
  // The opened connections that no edge counts yet. Each of them is an attempt that is neither answered nor ended.
  uint64_t pending_attempts() const { return totals_.opened_handshake + totals_.opened_midstream - opened_for_edges_; }
  // An opened connection that has ended, for Close().
  struct Ended {
    const ConnectionKey& key;  // must live during the call of Close()
    End client;
    EdgeTable::Slot edge;  // ConnectionRecord::edge, or EdgeTable::kNone for an embryo
    EdgeBinding bound;
    size_t interface;
    EndReason reason;
    int64_t duration_ns;     // from the first to the last packet
    uint64_t payload_bytes;  // of both ends
  };
  // Counts the end of an opened connection. The caller also calls Leave() with the connection's last state and, if that
  // state IsOpen(), CloseEdge().
  void Close(const Ended& connection, int64_t now_ns);

  // Enter() adds an opened connection to the gauge of `state`. Leave() removes it from there.
  void Enter(ConnectionState state) { ++totals_.connections[static_cast<size_t>(state)]; }
  void Leave(ConnectionState state) { --totals_.connections[static_cast<size_t>(state)]; }

  // Counts, in the totals, what one end sent: the client if `of_client`, otherwise the server. `segments` are those
  // with payload. The connection's edge must be told by TellEdge(), at once or later.
  void Count(bool of_client, uint64_t payload_bytes, uint32_t segments, const LossCounts& losses) {
    (of_client ? totals_.client_payload_bytes : totals_.server_payload_bytes) += payload_bytes;
    totals_.segments += segments;
    if (!losses.IsZero()) CountLosses(of_client, losses);
  }
  // Credits the edge of a connection with traffic that the totals count. Edges do not count zero windows. For an opened
  // connection whose edge is not pending, updates record->edge and record->bound (see EdgeTable::Credit). REQUIRES:
  // edges are kept.
  void TellEdge(const EdgeTraffic& traffic, int64_t now_ns, ConnectionRecord* record);
  // Each of the next three functions counts one segment. REQUIRES: `probe` is not kNone.
  void CreditProbe(Probe probe) { ++(probe == Probe::kKeepAlive ? totals_.keep_alives : totals_.window_probes); }
  void CreditIgnoredReset() { ++totals_.resets_ignored; }
  void CreditLateSegment() { ++totals_.late_segments; }
  // Credits a SYN that the client of an opened connection sent again. While the edge is pending, counts it in
  // record->pending_edge. REQUIRES: that count is below PendingEdge::kMaxSynRetransmissions.
  void CreditSynRetransmission(int64_t now_ns, ConnectionRecord* record);
  // Counts everything that both ends sent so far, in the totals, and tells the edge. Call it at most once for a
  // connection, before any Count().
  void CreditAll(int64_t now_ns, ConnectionRecord* record);
  // Credits the completed handshake of an opened connection. If edges are kept, updates record->edge and record->bound
  // (see EdgeTable::CreditHandshake). `rtt_ns` is the time from the SYN to the ACK.
  void CreditHandshake(int64_t rtt_ns, ConnectionRecord* record);

  // Credits an exchange of an opened connection. `response_ns` is the time from the request to the answer.
  void CreditResponse(int64_t response_ns, const ConnectionRecord& record);

  // Returns the edge of a connection. REQUIRES: edges are kept.
  EdgeKey EdgeOf(const ConnectionRecord& record) const {
    return EdgeOf(record.key, record.client_end(), record.bound).key;
  }
  // Notes, for the edge of an opened connection, that the client addressed the server as `service`. Does nothing if the
  // edge is not watched (see EdgeTable::NoteService).
  void NoteService(const ConnectionRecord& record, const Endpoint& service) {
    if (edges_ != nullptr) edges_->NoteService(record.edge, EdgeOf(record), service);
  }

  // Takes another identity map (see NameFinder::Set). If the ends of an exported edge have other names in the new map,
  // the edge gives its place to the edge with these names (see EdgeRenamer).
  void SetIdentities(std::shared_ptr<const IdentityMap> map, int64_t sockets_read_ns, int64_t now_ns);
  // See EdgeTable::Rebalance.
  void Rebalance(int64_t now_ns) {
    if (edges_ != nullptr) edges_->Rebalance(now_ns);
  }

 private:
  void CountLosses(bool of_client, const LossCounts& losses);
  BoundEdge EdgeOf(const ConnectionKey& key, End client, EdgeBinding bound) const {
    return edges_->EdgeOf(key.endpoint(client).address, key.endpoint(OtherEnd(client)), bound);
  }
  EdgeBinding OpenNamedEdge(const ConnectionKey& key, End client, int64_t begun_ns, int64_t now_ns);
  void ReleaseNames(EdgeBinding* bound);
  // Credits traffic of a connection of which no edge was told.
  void CreditUnopened(const ConnectionKey& key, End client, const EdgeTraffic& traffic, int64_t now_ns);

  Totals totals_;
  EdgeTraffic told_;               // all that TellEdge() credited, except losses
  uint64_t opened_for_edges_ = 0;  // calls of OpenEdge()
  std::unique_ptr<EdgeTable> edges_;
  InterfaceAccounts interfaces_;
  ConnectionNames& names_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_LEDGER_H_
