// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_CONNECTION_TABLE_H_
#define TCPGAUGE_SRC_FLOW_CONNECTION_TABLE_H_

#include <bitset>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "absl/types/span.h"
#include "src/base/stable_array.h"
#include "src/base/time_units.h"
#include "src/decode/decoded_packet.h"
#include "src/flow/connection_hint.h"
#include "src/flow/connection_index.h"
#include "src/flow/connection_measures.h"
#include "src/flow/connection_names.h"
#include "src/flow/connection_record.h"
#include "src/flow/connection_summary.h"
#include "src/flow/connection_view.h"
#include "src/flow/duplicate_kind.h"
#include "src/flow/edge_binding.h"
#include "src/flow/edge_table.h"
#include "src/flow/embryo_table.h"
#include "src/flow/encapsulation_table.h"
#include "src/flow/fingerprint_table.h"
#include "src/flow/gap_pool.h"
#include "src/flow/interface_pins.h"
#include "src/flow/key_finder.h"
#include "src/flow/ledger.h"
#include "src/flow/overflow.h"
#include "src/flow/payload_windows.h"
#include "src/flow/recently_ended.h"
#include "src/flow/repeated_attempts.h"
#include "src/flow/segment_analysis.h"
#include "src/flow/server_endpoints.h"
#include "src/flow/slot_bits.h"
#include "src/flow/stretch.h"
#include "src/flow/time_wait_table.h"
#include "src/flow/timeouts.h"
#include "src/flow/totals.h"
#include "src/flow/view_table.h"
#include "src/naming/end_identity.h"
#include "src/naming/identity_map.h"

namespace tcpgauge {

// The options of one worker's table. Times are in nanoseconds.
struct TableOptions {
  uint32_t max_connections = 1000000;                                 // 1 to 2^30; see Bounds of ConnectionTable
  bool count_views = false;                                           // count each view as a connection of its own
  bool new_only = false;                                              // ignore connections whose SYN is not seen
  int64_t remove_after_ns = 2 * kNanosecondsPerSecond;                // time-out of closed and reset connections
  int64_t idle_timeout_ns = kSecondsPerHour * kNanosecondsPerSecond;  // time-out of established, confirmed connections
  uint64_t hash_seed = 0;  // should be random, so that nobody can choose keys that collide (see KeyHasher)
  // Whether to keep rates, ranking, edges and recently ended connections. The connection log needs none of them. False
  // saves memory and time. Then the options of rates, ranking, recently ended connections and edges have no effect.
  bool keep_rates = true;
  int64_t rate_tick_ns = kNanosecondsPerSecond;  // rates change at multiples of this time; see PayloadWindows
  int64_t rate_window_ns = kNanosecondsPerSecond;
  int64_t ranking_window_ns = 60 * kNanosecondsPerSecond;
  int64_t stall_ns = 5 * kNanosecondsPerSecond;                 // see IsStalled() in stall.h
  size_t max_recently_ended = 100;                              // see RecentlyEnded
  uint32_t max_encapsulations = EncapsulationTable::kCapacity;  // see EncapsulationTable
  EdgeTableOptions edges;
  bool has_identities = false;  // whether SetIdentities() may be called; for MemoryBytes()
};

// Receives each connection that leaves the table, embryos and unconfirmed connections too. Receives neither provisional
// views nor unconfirmed connections that turn out to be a view of another one (see ConnectionTable). Called on the
// table's thread, in the middle of a change of the table, so an implementation must not call the table. `connection`
// lives only during the call.
class EndedConnectionSink {
 public:
  virtual ~EndedConnectionSink() = default;
  virtual void OnConnectionEnded(const EndedConnection& connection) = 0;
};

// The connections of one worker: an index over records that never move. A connection of which only a bare SYN was seen
// (see Embryo) is an embryo, which takes much less memory than a record.
//
// Beginning. A connection begins with any segment or, if `new_only` is set, only with a SYN. A connection that begins
// with neither SYN nor SYN-ACK is midstream. A SYN or SYN-ACK can begin a new connection on the 4-tuple of an old one:
// reuse.h has the rules.
//
// Attempts. An attempt is a connection in SYN-SENT. If its SYN comes again with the same sequence number, the attempt
// goes on. Each gap between SYNs is twice the gap before (RFC 6298 section 5.5). So the next gap of an unanswered
// attempt can be twice its longest gap so far. The time-out of the attempt is the shortest of kHandshakeTimeoutNs,
// kBackedOffHandshakeTimeoutNs and kLongestHandshakeTimeoutNs that covers this next gap. If none does, the time-out is
// kLongestHandshakeTimeoutNs.
//
// Late segments. A TimeWaitTable remembers the confirmed connections that ended closed, reset or with EndReason::kFin.
// Later segments on their 4-tuples are late. A SYN is never late, nor is a SYN-ACK with a new sequence number. A late
// segment without payload begins nothing and is only counted. Late payload begins a midstream connection, so that the
// bytes are credited. If `new_only` is set, late segments begin nothing and are not counted.
//
// Confirmation. One segment does not prove a connection: it may be forged, or may be a late segment of an old
// connection. So a midstream connection starts unconfirmed. It is confirmed once packets of both ends, or three
// segments with payload from one end, were seen. A connection that begins with a RST or a late segment needs more: new
// payload of both ends, or three segments of new payload of one end. All other connections are confirmed from the
// start. Snapshots, and the counts of connections in Totals, contain confirmed connections only.
//
// Views. Address translation (NAT) and tunnels give one connection several keys. Each key is a view of the connection,
// and the connection is counted once. The agent may capture a packet on several stretches of its way (see Stretch).
// Neither translations nor tunnels change sequence numbers, so the table finds views by these numbers. With
// `count_views`, or until a second stretch was seen, the table looks for no views. "Within a second" means up to a
// second before or after.
// - A SYN with an unknown key is a copy if, within a second, another stretch showed a SYN with the same sequence
//   number, timestamp, window, window scale and kinds of options (SynShape). If the other SYN came before the second
//   stretch was seen, the table may know only the number of that SYN, and then compares only this number. The copy
//   begins a provisional view, which is stored as an embryo. A provisional view is not shown and not counted as a
//   connection. Repetitions of its SYN, following fragments and segments with a broken TCP header count as duplicates.
//   The SYN itself counts as a duplicate once the provisional view becomes a view or ends.
// - If the provisional view repeats its SYN within 100 ms of a repetition by the connection, and the edge was not told
//   of the connection yet (see Edges), the provisional view becomes a view.
// - The first other segment of the provisional view with a whole TCP header decides. If the segment's numbers fit the
//   connection, the provisional view becomes a view. For example, a SYN-ACK must have the initial sequence number of
//   the connection's server, if that is known. If the copied SYN is a candidate (see reuse.h), the SYN-ACK that answers
//   it begins the candidate's connection, and the provisional view becomes a view of that connection. If the numbers do
//   not fit, but another stretch showed the same SYN-ACK within a second, the provisional view becomes a view of the
//   connection to which that SYN-ACK belongs. Otherwise the provisional view becomes a connection of its own, which
//   began with the SYN. A proxy is such a case: it may use the client's sequence number for its own SYN to a server,
//   but cannot know the server's number in advance. Payload of such a SYN counts as header bytes. A SYN of the client
//   with another number ends the provisional view.
// - A SYN-ACK with an unknown key makes its key a view at once in two cases. (1) The SYN-ACK fits a connection whose
//   SYN it acknowledges. Another stretch must have shown this SYN, either with the same addresses and ports or within a
//   second. After a second, the table may forget the SYN. (2) Another stretch showed the same SYN-ACK within a second.
//   Case 1 applies to a RST with an acknowledgment number too.
// - Any other segment with an unknown key, and any segment of an unconfirmed connection, makes its key a view at once
//   if another stretch showed a segment with the same sequence, acknowledgment and timestamp numbers within 100 ms. For
//   this, the table remembers only the first segments of connections whose SYN was not captured. When an unconfirmed
//   connection becomes a view, its earlier packets count as duplicates. Exception: if the other connection is
//   unconfirmed too, and began after the last of these packets, they are added to that connection.
// - If there is no room for a view, its key is a connection of its own.
// Copies are looked for only among segments that were counted, not among duplicates. If several fit, the newest one
// decides.
//
// Addresses. InterfacePins chooses the view on which the packets of each end are counted: the first that shows the end,
// and so the nearest to the end. An end is shown with the address and port that it has on this view. A client is
// therefore shown as it is before its source address is translated, and a server as it is after the destination address
// is translated. An end that has sent nothing is shown as on the newest view. The addresses are chosen when a midstream
// connection is confirmed, or when the edge is told of an attempt. Later they do not change.
//
// Edges. The server's address is not known before an attempt is answered. So the edge is told of an attempt when the
// server sends something, when the client sends payload or a RST, when the attempt ends, or by SettleAttempts(). If the
// client repeats the SYN, the edge is told earlier:
// - If provisional views copy the SYN, the edge is told once all of them have repeated it too, and so have become
//   views.
// - If there is no provisional view, the edge is told kRepetitionNs after the second repetition (kRepetitionsAlone), or
//   at once if RepeatedAttempts has no room.
// Exception: the edge is told at once, and the connection keeps the addresses of its SYN, in two cases: with
// `count_views`, or if only one stretch was seen and the first segment came kFirstStretchAloneNs ago or earlier.
//
// Design. Most of a packet's time is waiting for memory. So a batch of 64 packets is handled in steps: make all keys,
// fetch the index lines, fetch the records, and only then handle the packets one by one. The waits of a batch then
// overlap. A packet of the same connection as the packet before it skips the lookup. Three variants were tried and were
// no faster: looking packets up 12 to 32 ahead of the one that is handled (2 to 9 % slower), batches of 32, and looking
// up one group of a batch while another is handled.
//
// Each part of the table has a class: SlotSet and ConnectionIndex (lookup), EmbryoTable (SYN floods), Timeouts and
// TimeoutWheel (ends), Ledger (sums), PayloadWindows (rates and ranking), InterfacePins (duplicates), ViewTable and
// FingerprintTable (views), GapPool and AnalyzeSegment() (loss and delay).
//
// Thread: confined to one thread, except for PopulateRecords() and the static methods.
// Time: nanoseconds since the Unix epoch. Table time is the latest time of an applied TCP packet or of a call of
// AdvanceTime(). It never steps back.
// Bounds: max_connections connections, embryos and provisional views included, and as many views besides. When the
// table is full, a new connection evicts the least useful one. Eviction order: (1) embryos, (2) unconfirmed, or in
// SYN-SENT or SYN-RECEIVED, (3) finished, (4) both FINs seen, (5) established or half-closed. Within each group, the
// longest idle connection goes first. The order within groups 2 to 5 is approximate (see Timeouts). Totals::closed
// counts the evictions of confirmed connections. overflows() counts how often a part of the table had no room.
// Errors: none. Every sequence of packets is accepted.
// Alignment: a cache line, so that the adjacent tables of two threads share no line. Without it, two workers were 1.2
// instead of 1.9 times as fast as one.
class alignas(64) ConnectionTable {
 public:
  // The time-outs that TableOptions does not set.
  // - Handshake: 3 s more than the longest gap between two SYNs of Linux (32 s).
  // - BackedOffHandshake: 2 s more than the 64 s for which Linux waits after its last SYN. Applies up to a gap of
  //   32.75 s.
  // - LongestHandshake: the time after which Linux gives up an attempt. Applies after longer gaps, and in SYN-RECEIVED.
  static constexpr int64_t kHandshakeTimeoutNs = 35 * kNanosecondsPerSecond;
  static constexpr int64_t kBackedOffHandshakeTimeoutNs = 66 * kNanosecondsPerSecond;
  static constexpr int64_t kLongestHandshakeTimeoutNs = 127 * kNanosecondsPerSecond;
  static constexpr int64_t kUnconfirmedTimeoutNs = 60 * kNanosecondsPerSecond;
  static constexpr int64_t kClosingTimeoutNs = 60 * kNanosecondsPerSecond;
  static constexpr int kMidstreamPayloadSegments = 3;  // of one end; see Confirmation, above
  // AdvanceTime() tells all edges what they carried, in rounds. A round begins this long after the end of the round
  // before. So heavy edges are found without any reader.
  static constexpr int64_t kTellingIntervalNs = 4 * kNanosecondsPerSecond;
  static constexpr size_t kMaxInterfaces = InterfacePins::kMaxInterfaces;

  // `sink` may be null. Otherwise it must outlive the table.
  ConnectionTable(const TableOptions& options, EndedConnectionSink* sink);

  // Returns the most memory that a table with these options takes, including all its parts.
  static uint64_t MemoryBytes(const TableOptions& options);

  // Accounts for the TCP segments and fragments among `packets`, in order, and ignores other packets. `packets` needs
  // to live only during the call.
  //
  // The caller numbers the interfaces from 0, and DecodedPacket::interface is the number of the packet's interface. All
  // numbers from kMaxInterfaces - 1 up count as one interface.
  void Apply(absl::Span<const DecodedPacket> packets) { Apply(packets, {}); }
  // As above, with hints that another thread has made (see ConnectionHint). `hints` has one hint for each packet, or is
  // empty.
  void Apply(absl::Span<const DecodedPacket> packets, absl::Span<const ConnectionHint> hints);

  // Tells edges what their connections carried since the last time. Each call tells the edges of at most 256
  // connections. Returns true when it has come to the last connection. The next call then begins with the first one.
  bool TellSomeEdges();
  // As above, for all connections.
  void TellAllEdges();
  // Whether the connection in `slot` carried something that its edge was not told of.
  bool HasUntold(uint32_t slot) const { return (slot & kEmbryoSlots) == 0 && untold_.Has(slot); }
  // Tells the edge of the connection in `slot` what the connection carried since the last time. REQUIRES:
  // IsConfirmed(slot), keep_rates, and the slot is that of a record.
  void TellEdge(uint32_t slot) { TellEdge(slot, EdgeTraffic()); }

  // Moves table time forward to `now_ns`, unless table time is later already. Ends connections that have timed out,
  // updates edges and recently ended connections, and gives names (see SetIdentities()).
  //
  // The work of a call is bounded, so that packets do not wait. Returns false if a bound was reached. Then work may be
  // left, and the caller should call again soon.
  bool AdvanceTime(int64_t now_ns);

  // Tells edges about the attempts that are neither answered nor ended (see Edges, above the class). Call it when no
  // more packets come, before the last snapshot.
  void SettleAttempts();

  // Ends every connection, with nullopt as the reason. Totals::closed does not count these ends. Call it when the
  // program ends.
  void EndAll();

  // From now on, new connections get their names from this map. Open connections get names for the ends that have none:
  // AdvanceTime() gives these names, in slices. An end that has a name keeps it. Before the first call, no end has a
  // name. `sockets_read_ns` is IdentityMap::sockets_read_ns as table time. REQUIRES: `map` is not null.
  void SetIdentities(std::shared_ptr<const IdentityMap> map, int64_t sockets_read_ns);

  // See ServerEndpoints. Null: no listeners are known.
  void SetLocalListeners(std::shared_ptr<const LocalListeners> listeners) {
    servers_.SetLocalListeners(std::move(listeners));
  }

  int64_t now_ns() const { return now_ns_; }
  // Returns null without keep_rates. This pointer and the references below are valid as long as the table.
  const EdgeTable* edges() const { return ledger_.edges(); }
  // The attempts that Totals counts and that no edge was told of.
  uint64_t pending_attempts() const { return ledger_.pending_attempts(); }
  // The latest identity map; null without one.
  const std::shared_ptr<const IdentityMap>& identities() const { return names_.finder().map(); }
  const IdentityLookups& identity_lookups() const { return names_.lookups(); }
  const RecentlyEnded& recently_ended() const { return recently_ended_; }
  const Totals& totals() const { return ledger_.totals(); }
  // The totals, without the traffic of which no edge was told yet (see TellEdge()). Equal to totals() without
  // keep_rates.
  Totals told_totals() const { return ledger_.told_totals(); }
  const EncapsulationTable& encapsulations() const { return encapsulations_; }
  const FingerprintTable& fingerprints() const { return fingerprints_; }
  // The packets that were captured on `interface` but not counted, because they were counted on another stretch (see
  // InterfacePins). Includes the SYNs of provisional views, and the packets of unconfirmed connections that turned out
  // to be views. Never falls, except by TakeDuplicatePackets(). REQUIRES: interface < kMaxInterfaces.
  uint64_t duplicate_packets(size_t interface, DuplicateKind kind) const {
    return pins_.duplicate_packets(interface, kind);
  }
  // Returns duplicate_packets() of `interface` for each kind, and sets them to 0. REQUIRES: interface < kMaxInterfaces.
  DuplicateCounts TakeDuplicatePackets(size_t interface) { return pins_.TakeDuplicatePackets(interface); }
  // What the connections of `interface` were credited with (see InterfaceAccounts). Its gauges are 0. Empty without
  // keep_rates. Never falls, except by TakeInterfaceAccount(). REQUIRES: interface < kMaxInterfaces.
  EdgeCounters InterfaceAccount(size_t interface) const { return ledger_.InterfaceAccount(interface); }
  // Returns InterfaceAccount(), and lets it begin from 0.
  EdgeCounters TakeInterfaceAccount(size_t interface) { return ledger_.TakeInterfaceAccount(interface); }

  // A set of numbers of interfaces.
  using InterfaceSet = std::bitset<kMaxInterfaces>;
  // A sweep finds the interfaces to which connections refer. If an interface is gone and no connection refers to it,
  // the caller can give its number to another interface. BeginInterfaceSweep() begins a sweep. ContinueInterfaceSweep()
  // visits the next 256 slots, and returns true when the sweep is complete. Connections that refer to an interface in
  // `moved` then refer to the interface `to`. Between two calls the caller may apply packets.
  void BeginInterfaceSweep();
  bool ContinueInterfaceSweep(const InterfaceSet& moved, size_t to);
  // Returns the interfaces to which connections referred in the complete sweep. Recently ended connections count too.
  // If an interface is not in the set, and none of its packets was applied since BeginInterfaceSweep(), no connection
  // refers to the interface any more.
  const InterfaceSet& used_interfaces() const { return used_interfaces_; }

  // Following fragments that were not counted: no connection has their 4-tuple, or the ports of their first fragment
  // are not remembered (see FragmentCache).
  uint64_t unmatched_fragments() const { return unmatched_fragments_; }
  OverflowCounts overflows() const {
    return {gaps_.overflows(),         encapsulations_.overflows(), servers_.overflows(),
            fingerprints_.overflows(), views_.overflows(),          names_.bindings().overflows()};
  }
  // The connections in the table now, including embryos, provisional views and unconfirmed ones.
  size_t size() const { return size_t{records_in_use_} + embryos_.size(); }
  uint32_t max_connections() const { return options_.max_connections; }

  // There are two kinds of slots. Records have slots from 0 up to record_limit(), and embryos have slots from
  // kEmbryoSlots up to embryo_limit(). The limits are exclusive and never fall. A slot below its limit holds a
  // connection, holds a provisional view (embryos only), or is free.
  static constexpr uint32_t kEmbryoSlots = ConnectionIndex::kEmbryo;
  uint32_t record_limit() const { return record_limit_; }
  uint32_t embryo_limit() const { return kEmbryoSlots + embryos_.slot_limit(); }
  // Whether the slot holds a confirmed connection. Every embryo is confirmed, except provisional views. REQUIRES: the
  // slot is below its limit.
  bool IsConfirmed(uint32_t slot) const {
    if ((slot & kEmbryoSlots) == 0) return records_[slot].has(ConnectionRecord::kConfirmed);
    const uint32_t embryo = slot & ~kEmbryoSlots;
    return embryos_.InUse(embryo) && !embryos_[embryo].is_provisional;
  }
  // Whether the slot holds a connection or a provisional view. REQUIRES: the slot is below its limit.
  bool IsInUse(uint32_t slot) const {
    return slot & kEmbryoSlots ? embryos_.InUse(slot & ~kEmbryoSlots) : records_[slot].has(ConnectionRecord::kInUse);
  }
  // Makes the memory of `count` records resident before the records are used (see MemoryAhead). `first` is the first
  // slot. Ignores slots beyond max_connections. Thread: any, at any time.
  void PopulateRecords(uint32_t first, uint32_t count);
  // Returns a copy of the connection in `slot`. Rates, weight and rank are 0, and so are first_view and view_count.
  // REQUIRES, for this method and the next seven: IsInUse(slot).
  ConnectionSummary Summarize(uint32_t slot) const;
  // Appends the views of the connection in `slot` to `*views`, at most ConnectionView::kMaxPerConnection. Appends none
  // if the connection has only one view.
  void AppendViews(uint32_t slot, std::vector<ConnectionView>* views) const;
  // Payload bytes per second that the client or the server sent, over the last rate window that ended by `time_ns` (see
  // PayloadWindows::Rate). 0 for an embryo, and without keep_rates.
  double PayloadRate(uint32_t slot, bool of_client, int64_t time_ns) const;
  // The weight of the connection at `time_ns`: payload of both ends, of which older bytes weigh less (see
  // PayloadWindows). 0 for an embryo, and without keep_rates.
  uint64_t WindowPayloadBytes(uint32_t slot, int64_t time_ns) const;
  // Whether the connection in `slot` began at `time_ns` or earlier, and is open.
  bool IsOpenSince(uint32_t slot, int64_t time_ns) const;
  ConnectionState StateOf(uint32_t slot) const;
  // Returns ConnectionSummary::interface of the connection in `slot`.
  size_t InterfaceOf(uint32_t slot) const;
  // Whether the connection in `slot` is stalled now (see stall.h). False for an embryo.
  bool IsStalled(uint32_t slot) const;
  // Returns who is at the ends of the connection in `slot`. Nobody is known before the edge was told of the connection.
  // The reference is valid until the table is changed.
  const Binding& EndsOf(uint32_t slot) const { return names_.bindings().Get(BoundOf(slot).binding); }
  // Returns the edge of the connection in `slot`. REQUIRES: keep_rates, and the slot is that of a record.
  EdgeKey EdgeOf(uint32_t slot) const { return ledger_.EdgeOf(records_[slot]); }

  // Packets of several queues may arrive this much out of order. If a packet is further behind table time, the table
  // assumes that the clock was set back.
  static constexpr int64_t kReorderingNs = kNanosecondsPerSecond;
  // Returns the time at which the table counts a packet when table time is `now_ns`: the packet's own time or, if that
  // is more than kReorderingNs earlier, `now_ns`.
  static int64_t ArrivalTime(int64_t packet_time_ns, int64_t now_ns) {
    return now_ns - packet_time_ns <= kReorderingNs ? packet_time_ns : now_ns;
  }

 private:
  static constexpr size_t kBatch = 64;
  // After this time with one stretch, the table expects no second one until it sees one.
  static constexpr int64_t kFirstStretchAloneNs = 100 * kNanosecondsPerMillisecond;
  // The copies of a repeated SYN on two stretches come within this time.
  static constexpr int64_t kRepetitionNs = 100 * kNanosecondsPerMillisecond;
  // After this many repetitions without a copy, the table assumes that an attempt has no copies. A smaller number would
  // be wrong too often: the first SYN and one repetition are often lost between two stretches.
  static constexpr int kRepetitionsAlone = 2;
  static constexpr uint32_t kHeld = ConnectionIndex::kNotFound - 1;  // see FindRecord(); no valid slot
  // One packet of a batch, prepared for its lookup.
  struct Arrival {
    const DecodedPacket* packet;
    int64_t time_ns;  // from ArrivalTime()
    ConnectionKey key;
    End key_sender;  // the end of `key` that sent the packet
    // The end of the connection's record that sent the packet. Equals `key_sender` until Handle() finds that the key is
    // that of a view.
    End sender;
    bool same_as_previous;  // has the same key as the arrival before it
    uint32_t hash;
    uint32_t likely_slot;    // a slot under `hash`, perhaps of another key or free by now; or kNotFound
    uint32_t view;           // the view that the key belongs to, once Handle() has found it; otherwise ViewTable::kNone
    InterfacePins::Pin pin;  // where the packet was captured, on `view`

    // Resets `sender`, `view` and `pin`, because the key is not known to be that of a view, or no longer is.
    void LeaveView() {
      sender = key_sender;
      view = ViewTable::kNone;
      pin = pin.OnFirstView();
    }
    // Sets `sender`, `view` and `pin`. `slot` is the slot of `of_key`, the view that the key belongs to.
    void EnterView(uint32_t slot, const View& of_key) {
      sender = of_key.is_swapped ? OtherEnd(key_sender) : key_sender;
      view = slot;
      pin = pin.OnView(of_key.number, of_key.is_wrapped);
    }
  };

  // Fills in `likely_slot` of every arrival, and prefetches the memory that Handle() will use for the arrivals.
  void FetchMemory(absl::Span<Arrival> arrivals);
  // Prefetches the memory that is used when the `count` oldest embryos end. REQUIRES: count <= kBatch.
  void FetchOldestEmbryos(size_t count);
  // Prefetches the memory of a record that most segments use.
  void FetchForSegment(uint32_t slot, const Arrival& arrival) const;
  // Prefetches all memory of a record.
  void FetchRecord(uint32_t slot) const;

  // Fills in `*arrival`, except for `likely_slot`, and acquires a use of the key's encapsulation. `previous` is the
  // arrival before it in the batch, or null. Returns false, and acquires no use, if the packet is not TCP or is a
  // following fragment whose first fragment is not remembered.
  bool Prepare(const DecodedPacket& packet, const ConnectionHint& hint, const Arrival* previous, Arrival* arrival);
  // Handles one packet. Returns the slot that the index now has under the packet's key, or kNotFound. The slot may be
  // out of date if the connection's own key has changed: FindSlot() checks it.
  uint32_t Handle(Arrival* arrival);
  // Returns the slot of the record of the arrival's connection. `found` is what the index has under the arrival's key.
  // If `found` is an embryo, replaces it by a record first. If `found` is a provisional view, resolves it (see
  // ResolveProvisionalView()). If `found` is a view, calls arrival->EnterView(). Returns kNotFound if `found` is
  // kNotFound, or if the embryo or provisional view ends here. Returns kHeld if nothing more is to be done with the
  // packet.
  uint32_t FindRecord(uint32_t found, Arrival* arrival);
  // Returns the slot that Handle() returns for an arrival of the connection in `slot`: the arrival's view, or `slot`
  // itself if the arrival has no view.
  static uint32_t IndexedSlot(uint32_t slot, const Arrival& arrival) {
    return arrival.view == ViewTable::kNone ? slot : arrival.view | ConnectionIndex::kView;
  }
  // Ends the connection in `slot` and returns kNotFound: the arrival then has no connection.
  uint32_t EndFor(uint32_t slot, Arrival* arrival);
  // Returns the slot of the arrival's key, or kNotFound.
  uint32_t FindSlot(const Arrival& arrival) const;
  // Adds an embryo for the SYN, and puts it into the index. Its four flags from `is_provisional` on are false. Evicts a
  // connection if the table is full. Returns the slot of the embryo, which is at least kEmbryoSlots. REQUIRES: the
  // packet is a SYN whose datagram has at most Embryo::kMaxIpLengthBytes.
  uint32_t AddEmbryo(const Arrival& arrival);
  // Begins a connection as an embryo, and returns the slot of the embryo, which is at least kEmbryoSlots. REQUIRES: the
  // packet is a bare SYN.
  uint32_t BeginEmbryo(const Arrival& arrival);
  // Replaces an embryo by a record, and returns the record's slot. `slot` is the embryo's slot without kEmbryoSlots,
  // and `hash` is the hash of the embryo's key.
  uint32_t Promote(uint32_t slot, uint32_t hash);
  // Ends an embryo. `slot` is the embryo's slot without kEmbryoSlots.
  void EndEmbryo(uint32_t slot, std::optional<EndReason> reason);
  // Forgets the rates and delays of the connection that had the slot of a record before.
  void ForgetRates(uint32_t slot);
  // Begins a connection as a record and returns its slot.
  uint32_t BeginConnection(const Arrival& arrival);
  // Initialises the record in `slot` for the arrival that begins its connection. REQUIRES: the index contains `slot`.
  void InitializeRecord(uint32_t slot, const Arrival& arrival);
  // Ends the connection in `old_slot`, and begins the new connection whose SYN the old one keeps as a candidate (see
  // reuse.h). The new connection begins with the key of the SYN. If the SYN-ACK has another key, this key becomes a
  // view of the new connection, if there is room. Returns the new connection's slot. REQUIRES: the segment is the
  // SYN-ACK that answers the candidate.
  uint32_t BeginFromCandidate(uint32_t old_slot, Arrival* arrival);
  // See InterfacePins.
  bool IsDuplicate(uint32_t slot, const Arrival& arrival);
  // A hash of the key for TimeWaitTable. It depends on the contents of the encapsulation, and not on its id: when the
  // last connection of an encapsulation ends, another encapsulation can get the id.
  uint64_t TimeWaitHash(const ConnectionKey& key) const;
  // Whether the segment, which belongs to no connection of the table, belongs to one that has ended. REQUIRES: the
  // segment is no SYN.
  bool IsLate(const Arrival& arrival);
  // If the segment repeats the client's SYN, counts that. If the segment repeats the SYN of an attempt, also adapts the
  // attempt's time-out to the gap since the previous SYN, and looks again for the names of unknown ends.
  void NoteRepeatedSyn(uint32_t slot, const Arrival& arrival);
  // Counts a SYN that the client of the connection sent again. From the second repetition on, an attempt without a
  // known copy waits in repeated_attempts_ (see Edges, above the class). Does nothing for an unconfirmed connection.
  void CreditSynRetransmission(uint32_t slot);
  // Tells edges about the attempts that waited in repeated_attempts_ and of which no copy came.
  void TellRepeatedAttempts();
  // Counts the packet for its connection. If the connection is confirmed, credits the ledger too. Otherwise confirms
  // the connection if that is due. A keep-alive or window probe counts as a segment without payload.
  void Credit(uint32_t slot, const Arrival& arrival);
  // The functions from here to HasOwnKey() are about views (see Views, above the class).

  // Whether the table looks for copies of the segment on other stretches. False if the TCP header is broken.
  bool MayHaveCopies(const DecodedPacket& packet) const {
    return !options_.count_views && packet.kind == DecodedPacket::Kind::kTcpSegment &&
           packet.error == DecodeError::kNone;
  }
  // Whether copies may come: a second stretch was seen, or the first segment came less than kFirstStretchAloneNs ago.
  bool ExpectsCopies() const { return has_several_stretches_ || now_ns_ - first_stretch_ns_ < kFirstStretchAloneNs; }
  Stretch StretchOf(const Arrival& arrival) const;
  // The direction of the packet, or kUnknown with count_views: then only interfaces tell stretches apart.
  PacketDirection DirectionOf(const DecodedPacket& packet) const {
    return options_.count_views ? PacketDirection::kUnknown : packet.direction;
  }
  // Returns the fingerprint of the arrival, with SynShape() if `kind` is kSyn, otherwise with SegmentShape().
  Fingerprint FingerprintOf(Fingerprint::Kind kind, const Arrival& arrival) const;
  // Returns a hash of the addresses and ports of `key`, without the encapsulation.
  uint32_t PathHash(const ConnectionKey& key) const;
  // Whether the segment is certainly on the first stretch. REQUIRES: arrival.view is ViewTable::kNone.
  bool IsOnFirstStretch(const Arrival& arrival) const {
    return arrival.pin.bits() == first_pin_bits_ && arrival.key.encapsulation == first_stretch_.encapsulation;
  }
  // Notes the stretch of a segment with an unknown key. A second stretch counts as seen once such a segment is on
  // another stretch than the first, or is no SYN and comes after Remember() was called for a segment on another
  // stretch. Then also remembers the SYNs of the newest embryos, because the segment may be a copy of one of them.
  // REQUIRES: !has_several_stretches_.
  void NoteStretch(const Arrival& arrival);
  // Remembers the segment if a copy of it may come with an unknown key. `slot` is the record or embryo of its
  // connection. REQUIRES: MayHaveCopies(*arrival.packet).
  void Remember(uint32_t slot, const Arrival& arrival);
  // Remembers the SYN of an embryo, without its shape.
  void RememberEmbryo(const Embryo& embryo);
  // Begins a provisional view if the SYN is a copy of another connection's SYN, and fits into an Embryo. Returns the
  // slot of the provisional view, which is at least kEmbryoSlots. Otherwise returns kNotFound.
  uint32_t BeginProvisionalView(const Arrival& arrival);
  // Decides whether the provisional view becomes a view or a connection of its own, and returns the slot of the record.
  // `slot` is the embryo's slot without kEmbryoSlots. Returns kHeld if the packet does not decide: it repeats the SYN,
  // is a following fragment, or has a broken TCP header. Returns kNotFound if the packet is a SYN of the same end with
  // another sequence number, which ends the provisional view.
  uint32_t ResolveProvisionalView(uint32_t slot, Arrival* arrival);
  // Notes that a provisional view copies the SYN of a connection. `owner` is what the index has under the connection's
  // key.
  void CountProvisionalView(uint32_t owner);
  // Decides whether a provisional view becomes a view because both SYNs were repeated: the arrival repeats the SYN of
  // the provisional view in `slot`, and its connection repeated the SYN shortly before and awaits its addresses. If so,
  // returns the slot of the record, and tells the edge once no other provisional view may still become a view of the
  // connection. Otherwise returns kNotFound.
  uint32_t ConfirmByRepetition(uint32_t slot, Arrival* arrival);
  // Whether the numbers of a segment that came with another key fit the connection in `record`. `from_client`: the
  // client sent the segment.
  static bool Fits(const ConnectionRecord& record, const DecodedPacket& segment, bool from_client);
  // If a segment with an unknown key is the copy of a segment of another connection, or answers the SYN of another
  // connection, makes the key a view of that connection and returns the slot of the record. Otherwise returns
  // kNotFound.
  uint32_t JoinConnection(Arrival* arrival);
  // If another stretch showed the same SYN-ACK within a second, makes the key a view of the SYN-ACK's connection, and
  // returns the slot of the record. Otherwise returns kNotFound. `replaced` is what the index has under the key, or
  // kNotFound.
  uint32_t JoinBySynAck(uint32_t replaced, Arrival* arrival);
  // If the unconfirmed connection in `slot` turns out to be a view of another connection, frees its record, makes the
  // arrival's key a view, and returns the slot of the other connection's record. The end of the unconfirmed connection
  // is not counted. Otherwise returns `slot`, also if there is no room for the view.
  uint32_t JoinUnconfirmed(uint32_t slot, Arrival* arrival);
  // Adds the packets and bytes of the unconfirmed connection in `from` to those of the unconfirmed connection in `to`,
  // and gives `to` the earlier start. `is_swapped`: end A of `from` is end B of `to`.
  void TakeCounts(uint32_t from, bool is_swapped, uint32_t to);
  // Counts the packets of the unconfirmed connection in `slot` as duplicates. The slot's key is a view of the
  // connection in `owner`.
  void CountAsDuplicates(uint32_t slot, uint32_t owner);
  // Returns a slot that the index has under `key_hash`, if the client of its connection sent a SYN with this sequence
  // number. The SYN may be a candidate (see reuse.h). The slot may be of any kind. Returns kNotFound if there is none.
  // Ignores provisional views.
  uint32_t FindBySyn(uint32_t key_hash, uint32_t sequence_number) const;
  // As FindBySyn(), but returns the slot of a record: replaces an embryo by a record, and returns the record of a view.
  uint32_t FindRecordBySyn(uint32_t key_hash, uint32_t sequence_number);
  // Returns the slot of the record of the connection to which the remembered segment belongs, or kNotFound. Sets
  // `*sender` (out) to the end of the record that sent the segment. Ignores embryos.
  uint32_t FindRemembered(const Fingerprint& fingerprint, End* sender) const;
  // Makes `arrival->key` a view of the connection in `slot`, and calls arrival->EnterView(). `sender` is the end of the
  // record that sent the packet. `replaced` is what the index has under the key: a provisional view, which is removed
  // and counted as a duplicate, or kNotFound. Returns false, and changes nothing, if there is no room.
  bool AddView(uint32_t slot, End sender, uint32_t replaced, Arrival* arrival);
  // Gives each end the address and port that it has on the view to which it is pinned, or on the newest view if it has
  // no pin. Does nothing if the connection has only one view.
  void SettleAddresses(uint32_t slot);
  // Changes the shown address and port of an end, in the record's own key. The first change adds a view, which keeps
  // the earlier own key in the index. If there is no room for this view, changes nothing.
  void SetEndpoint(uint32_t slot, End end, const Endpoint& endpoint);
  // Chooses the addresses (SettleAddresses()), and tells the edge that the connection was opened. REQUIRES: the edge
  // was not told.
  void OpenEdge(uint32_t slot) { OpenEdge(slot, InterfaceOf(slot)); }
  // The same for a connection of which no packet may have been noted yet (see InterfacePins::Note).
  void OpenEdge(uint32_t slot, size_t interface);
  // Whether the edge is told later of an attempt that begins now (see Edges, above the class).
  bool DefersEdges() const { return !options_.count_views && ExpectsCopies(); }
  // Returns the server's address and port as the client addressed it (see ConnectionSummary::service): those on the
  // first view that has the shown client and another server. Returns the shown server if there is no such view.
  Endpoint ServiceOf(uint32_t slot) const;
  // A key of a connection, and whether it is swapped (see View).
  struct KeyOfView {
    ConnectionKey key;
    bool is_swapped;
  };
  // Returns the key of the view with this number of the connection in `slot`.
  KeyOfView FindView(uint32_t slot, uint8_t number) const;
  // Tells the edge of the connection how the client addressed the server. Does nothing if the connection has only one
  // view.
  void NoteService(uint32_t slot);
  // Removes a record and all of its views from the index, frees the views, and releases their encapsulations.
  void EraseKeys(uint32_t slot);
  // Whether the index has the record under the record's own key. False once SetEndpoint() has changed the key.
  bool HasOwnKey(uint32_t slot) const { return !records_[slot].is_key_of_views; }

  // As Credit(), for a packet that is no probe.
  void CreditSegment(uint32_t slot, const Arrival& arrival);
  // As Credit(), for a segment that may be a probe, or may acknowledge the byte of a probe.
  void CreditPossibleProbe(uint32_t slot, const Arrival& arrival);
  // Credits the byte of a window probe that `sender` sent and its receiver has now accepted.
  void CreditAcceptedProbe(uint32_t slot, End sender);
  // Adds the sample that the packet ended to the minimum of the end whose segment was acknowledged.
  void NoteRtt(uint32_t slot, const Arrival& arrival, const RttSample& sample);
  // Updates the connection's state, handshake, loss and delay by a segment whose header is not broken.
  void FollowSegment(uint32_t slot, const Arrival& arrival);
  // Records the segment if it is a step of the handshake. `before` is the state before the segment.
  void FollowHandshake(uint32_t slot, const Arrival& arrival, ConnectionState before);
  // Counts what `sender` of a confirmed connection sent. The totals count it at once. The edge is told later if
  // possible.
  void CountSent(uint32_t slot, End sender, uint32_t payload_bytes, uint32_t segments, const LossCounts& losses);
  // As TellEdge(), after a segment of `sender` with this payload. `losses` are those of the segment.
  void TellAtOnce(uint32_t slot, End sender, uint32_t payload_bytes, const LossCounts& losses);
  // As TellEdge(slot). `traffic` is what the edge is told besides: what neither EndRecord::untold_segments nor
  // PayloadMarks has.
  void TellEdge(uint32_t slot, EdgeTraffic traffic);
  // Counts everything that the connection carried (see Ledger::CreditAll).
  void CreditAll(uint32_t slot);
  // Confirms an unconfirmed connection if enough of it was seen (see Confirmation, above the class).
  void ConfirmIfDue(uint32_t slot);
  // `interface` is that of the connection.
  void Confirm(uint32_t slot, size_t interface);
  void SetClient(uint32_t slot, End end);
  void SetState(uint32_t slot, ConnectionState state);
  // Takes a slot for a record. REQUIRES: a record is free.
  uint32_t TakeFreeRecord();
  // Evicts a connection if the table is full.
  void MakeRoom();
  // Returns the id of a connection: a hash of key and start time, under the seed of this run. Ids from a counter would
  // need a counter that threads share.
  uint64_t IdOf(const ConnectionKey& key, int64_t start_time_ns) const;
  void EndConnection(uint32_t slot, std::optional<EndReason> reason);
  // Each of these two visits one slot of a sweep (see ContinueInterfaceSweep()): of an embryo, without kEmbryoSlots, or
  // of a record. The slot may be free.
  void SweepEmbryo(uint32_t slot, const InterfaceSet& moved, size_t to);
  void SweepRecord(uint32_t slot, const InterfaceSet& moved, size_t to);
  // Adds all keys of the connection to time_wait_.
  void RememberEnded(uint32_t slot);
  // Frees the record and its views, without counting the end of the connection.
  void FreeRecord(uint32_t slot);

  EdgeBinding BoundOf(uint32_t slot) const {
    if ((slot & kEmbryoSlots) == 0) return records_[slot].bound;
    const Embryo& embryo = embryos_[slot & ~kEmbryoSlots];
    if (!names_.finder().is_on() || embryo.is_edge_pending || embryo.is_provisional) return EdgeBinding();
    return embryo_bounds_[slot & ~kEmbryoSlots];
  }
  // When the connection in the record `slot` began; INT64_MIN if that was before the capture.
  int64_t BegunOf(uint32_t slot) const {
    return records_[slot].has(ConnectionRecord::kMidstream) ? INT64_MIN : details_[slot].start_time_ns();
  }
  // The same for NameFinder::FindClient(). A program that gives up an attempt sends nothing, and then another program
  // may have the port. So the client of an attempt certainly has a socket only when it has just sent the SYN. Otherwise
  // the result for an attempt is kSocketUnknown.
  int64_t BegunOfSocket(uint32_t slot) const {
    const ConnectionRecord& record = records_[slot];
    const bool may_be_given_up = record.state == ConnectionState::kSynSent && record.last_packet_time_ns < now_ns_;
    return may_be_given_up ? NameFinder::kSocketUnknown : BegunOf(slot);
  }
  // Tells the edge of an embryo that it was opened. `slot` is the embryo's slot without kEmbryoSlots.
  void OpenEdgeOfEmbryo(uint32_t slot);
  // Looks for names of the unknown ends of the next connections. Returns true when no connection is left.
  bool BindSomeAgain();
  void BindEmbryoAgain(uint32_t slot);  // without kEmbryoSlots
  void BindRecordAgain(uint32_t slot);

  const TableOptions options_;
  EndedConnectionSink* const sink_;
  StableArray<ConnectionRecord> records_;
  StableArray<ConnectionDetails> details_;
  StableArray<ConnectionMeasures> measures_;  // by slot of a record, as the two above
  EmbryoTable embryos_;
  ViewTable views_;
  ConnectionIndex index_;
  Timeouts timeouts_;
  GapPool gaps_;
  EncapsulationTable encapsulations_;
  KeyFinder keys_;
  ServerEndpoints servers_;
  InterfacePins pins_;
  ConnectionNames names_;
  Ledger ledger_;                            // has edges if keep_rates
  std::unique_ptr<PayloadWindows> windows_;  // null without keep_rates
  SlotBits untold_;                          // the slots of records with an untold_segments above 0; none without edges
  uint32_t next_to_tell_ = 0;                // see TellSomeEdges()
  int64_t next_telling_ns_ = 0;              // when AdvanceTime() tells edges
  RecentlyEnded recently_ended_;
  RepeatedAttempts repeated_attempts_;
  TimeWaitTable time_wait_;
  FingerprintTable fingerprints_;
  // Indexed by the number of an embryo. For a provisional view: the hash of the key under which the copied SYN was
  // seen. For an embryo with has_copies: PendingEdge::provisional_views of the record that takes its place.
  StableArray<uint32_t> embryo_notes_;
  // Indexed by the number of an embryo: what it keeps of names, once its edge was told and there is an identity map.
  StableArray<EdgeBinding> embryo_bounds_;
  // The next slot, of any kind, whose unknown ends may have names in the latest identity map; or kNoSlot.
  static constexpr uint32_t kNoSlot = UINT32_MAX;
  uint32_t next_to_bind_ = kNoSlot;
  bool has_several_stretches_ = false;    // stays true
  bool remembers_other_stretch_ = false;  // Remember() was called for a segment on another stretch than the first
  Stretch first_stretch_{};       // of the first segment with an unknown key; valid if first_stretch_ns_ is not 0
  int64_t first_stretch_ns_ = 0;  // when that segment came
  uint16_t first_pin_bits_ = ConnectionRecord::kNoPin;  // the Pin of first_stretch_
  uint32_t record_limit_ = 0;
  uint32_t records_in_use_ = 0;
  uint32_t free_records_ = Timeouts::kNone;  // head of a list through ConnectionDetails::next
  int64_t now_ns_ = 0;
  uint64_t unmatched_fragments_ = 0;
  InterfaceSet used_interfaces_;  // as far as the sweep has come
  uint32_t next_swept_slot_ = 0;  // of any kind
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_CONNECTION_TABLE_H_
