// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_CONNECTION_TABLE_H_
#define TCPGAUGE_SRC_FLOW_CONNECTION_TABLE_H_

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
#include "src/flow/connection_record.h"
#include "src/flow/connection_summary.h"
#include "src/flow/connection_view.h"
#include "src/flow/duplicate_kind.h"
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
#include "src/flow/server_endpoints.h"
#include "src/flow/stretch.h"
#include "src/flow/time_wait_table.h"
#include "src/flow/timeouts.h"
#include "src/flow/totals.h"
#include "src/flow/view_table.h"

namespace tcpgauge {

// The options of one worker's table. Times are in nanoseconds.
struct TableOptions {
  uint32_t max_connections = 1000000;                                 // 1 to 2^30
  bool count_views = false;                                           // count each view as a connection of its own
  bool new_only = false;                                              // ignore connections whose SYN is not seen
  int64_t remove_after_ns = 2 * kNanosecondsPerSecond;                // time-out of closed and reset connections
  int64_t idle_timeout_ns = kSecondsPerHour * kNanosecondsPerSecond;  // time-out of established, confirmed connections
  uint64_t hash_seed = 0;  // should be random, so that nobody can choose keys that collide (see KeyHasher)
  // Whether to keep rates, ranking, edges and recently ended connections. The connection log needs none of them. False
  // saves memory and time; the options below, except max_encapsulations, then have no effect.
  bool keep_rates = true;
  int64_t rate_tick_ns = kNanosecondsPerSecond;  // rates change at multiples of this time; see WindowedSums
  int64_t rate_window_ns = kNanosecondsPerSecond;
  int64_t ranking_window_ns = 60 * kNanosecondsPerSecond;
  size_t max_recently_ended = 100;                              // see RecentlyEnded
  uint32_t max_encapsulations = EncapsulationTable::kCapacity;  // see EncapsulationTable
  EdgeTableOptions edges;
};

// Receives each connection that leaves the table: embryos and unconfirmed connections too. Called on the table's
// thread, in the middle of a change of the table, so an implementation must not call the table. `connection` lives only
// during the call.
class EndedConnectionSink {
 public:
  virtual ~EndedConnectionSink() = default;
  virtual void OnConnectionEnded(const EndedConnection& connection) = 0;
};

// The connections of one worker: an index over records that never move. A connection of which only one SYN was seen is
// an embryo, which takes a third of a record's memory.
//
// Beginning. A connection begins with any segment or, if `new_only` is set, only with a SYN. A connection that begins
// with neither SYN nor SYN-ACK is midstream. A SYN with another sequence number can begin a new connection on the
// 4-tuple of an old one: reuse.h has the rules.
//
// Attempts. A SYN that comes again with the same sequence number belongs to the same connection. Each gap between SYNs
// is twice the gap before (RFC 6298 section 5.5). So the next gap of an unanswered attempt can be twice its longest gap
// so far. The time-out of the attempt is the shortest of kHandshakeTimeoutNs, kBackedOffHandshakeTimeoutNs and
// kLongestHandshakeTimeoutNs that covers this next gap. If none does, the time-out is kLongestHandshakeTimeoutNs.
//
// Late segments. A TimeWaitTable remembers the confirmed connections that ended closed, reset or with EndReason::kFin.
// Later segments on their 4-tuples are late. A SYN is never late, nor is a SYN-ACK with a new sequence number. A late
// segment without payload begins nothing and is only counted. Late payload begins a midstream connection, so that the
// bytes are credited. If `new_only` is set, late segments begin nothing and are not counted.
//
// Confirmation. One segment does not prove a connection: it may be forged, or a late one of an old connection. So a
// midstream connection starts unconfirmed. It is confirmed once packets of both ends, or three segments with payload
// from one end, were seen. A connection that begins with a RST or a late segment needs more: new payload of both ends,
// or three segments of new payload of one end. All other connections are confirmed from the start. Snapshots, and the
// counts of connections in Totals, contain confirmed connections only.
//
// Views. Address translation (NAT) and tunnels give one connection several keys, and the agent sees each packet on
// several stretches of its way (see Stretch). Each key is a view of the connection, and the connection is counted once.
// No translation and no tunnel changes the initial sequence numbers of both ends. So views are found as follows.
// - A SYN with an unknown key may be a copy of a SYN that another stretch showed within the last second: the sequence
//   number, the timestamp, the window and the kinds of options are equal (SynShape). Such a SYN begins a provisional
//   view, which is stored as an embryo. It is shown nowhere and counted nowhere.
// - The next segment of the provisional view decides. If its numbers fit the connection, it is a view. In particular, a
//   SYN-ACK must have the sequence number that the server of the connection has, if that is known. If the numbers do
//   not fit, the view becomes a connection of its own, which began with the SYN: a proxy may send the client's sequence
//   number on to a server, but cannot know the server's.
// - A SYN-ACK with an unknown key is a view at once in two cases: it acknowledges a SYN that another stretch showed,
// with
//   the same addresses and ports or within the last second; or another stretch showed the same SYN-ACK within the last
//   second. The same holds for a RST that acknowledges a SYN.
// - Any other segment with an unknown key, or of an unconfirmed connection, is a view at once if another stretch showed
//   a segment with the same sequence, acknowledgment and timestamp numbers within 100 ms.
// InterfacePins chooses the view on which the packets of each end are counted: the one nearest to the end. The address
// of an end is the one that it has there, when the connection is answered or, midstream, confirmed. So a client has its
// address before SNAT, and a server has its address after DNAT. An end that was
// silent until then has the address that it has on the newest view. Later the addresses do not change. An edge is told
// of an attempt when the attempt is answered or ends, because before that the server's address is not known. Exception:
// as long as only one stretch was seen, the edge is told at once.
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
// Time: nanoseconds since the Unix epoch. Table time is the latest time of a packet or of an AdvanceTime() so far. It
// never steps back.
// Bounds: max_connections. When the table is full, a new connection evicts the least useful one. Eviction order: (1)
// embryos, (2) unconfirmed, or in SYN-SENT or SYN-RECEIVED, (3) finished, (4) both FINs seen, (5) established or
// half-closed. Within each group, the longest idle connection goes first. Totals::closed counts evictions. overflows()
// counts how often a part of the table had no room.
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
  // As above, with hints that another thread has made. `hints` has one hint for each packet, or is empty.
  void Apply(absl::Span<const DecodedPacket> packets, absl::Span<const ConnectionHint> hints);

  // Moves table time forward to `now_ns`, unless table time is later already. Ends connections that have timed out, and
  // updates edges and recently ended connections.
  //
  // The work of a call is bounded, so that packets do not wait. Returns false if the bound was reached: more
  // connections may have timed out, and the caller should call again soon.
  bool AdvanceTime(int64_t now_ns);

  // Tells the edges of the attempts that are neither answered nor ended. Call it when no more packets come.
  void SettleAttempts();

  // Ends every connection, with nullopt as the reason. Totals::closed does not count these ends. Call it when the
  // program ends.
  void EndAll();

  // See ServerEndpoints. Null: no listeners are known.
  void SetLocalListeners(std::shared_ptr<const LocalListeners> listeners) {
    servers_.SetLocalListeners(std::move(listeners));
  }

  int64_t now_ns() const { return now_ns_; }
  // Returns null without keep_rates. This pointer and the references below are valid as long as the table.
  const EdgeTable* edges() const { return ledger_.edges(); }
  const RecentlyEnded& recently_ended() const { return recently_ended_; }
  const Totals& totals() const { return ledger_.totals(); }
  const EncapsulationTable& encapsulations() const { return encapsulations_; }
  // The packets that were seen on `interface` but not counted, because their sender is pinned to another interface (see
  // InterfacePins). REQUIRES: interface < kMaxInterfaces.
  uint64_t duplicate_packets(size_t interface, DuplicateKind kind) const {
    return pins_.duplicate_packets(interface, kind);
  }
  // Following fragments that were not counted: no connection has their 4-tuple, or the ports of their first fragment
  // are not remembered (see FragmentCache).
  uint64_t unmatched_fragments() const { return unmatched_fragments_; }
  OverflowCounts overflows() const {
    return {gaps_.overflows(), encapsulations_.overflows(), servers_.overflows(), fingerprints_.overflows(),
            views_.overflows()};
  }
  // The connections in the table now, including embryos, provisional views and unconfirmed ones.
  size_t size() const { return size_t{records_in_use_} + embryos_.size(); }
  uint32_t max_connections() const { return options_.max_connections; }

  // There are two kinds of slots. Records have slots from 0 up to record_limit(), and embryos have slots from
  // kEmbryoSlots up to embryo_limit(). The limits are exclusive and never fall. A slot below its limit holds a
  // connection or is free.
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
  // Whether the slot holds a connection. REQUIRES: the slot is below its limit.
  bool IsInUse(uint32_t slot) const {
    return slot & kEmbryoSlots ? embryos_.InUse(slot & ~kEmbryoSlots) : records_[slot].has(ConnectionRecord::kInUse);
  }
  // Makes the memory of `count` records resident before the records are used (see MemoryAhead). `first` is the first
  // slot. Ignores slots beyond max_connections. Thread: any, at any time.
  void PopulateRecords(uint32_t first, uint32_t count);
  // Returns a copy of the connection in `slot`, with rates, weight and rank left at 0.
  // REQUIRES, for this method and the next three: the slot holds a connection.
  ConnectionSummary Summarize(uint32_t slot) const;
  // Appends the views of the connection in `slot` to `*views`. Appends none if the connection has only one view.
  void AppendViews(uint32_t slot, std::vector<ConnectionView>* views) const;
  // Payload bytes per second that the client or the server sent, over the last rate window that ended by `time_ns` (see
  // PayloadWindows::Rate). 0 for an embryo, and without keep_rates.
  double PayloadRate(uint32_t slot, bool of_client, int64_t time_ns) const;
  // Payload bytes of both ends since one ranking window before `time_ns` (see PayloadWindows::Weight). 0 for an embryo,
  // and without keep_rates.
  uint64_t WindowPayloadBytes(uint32_t slot, int64_t time_ns) const;

  // Packets of several queues may arrive this much out of order. A packet that is further behind table time comes from
  // a clock that was set back.
  static constexpr int64_t kReorderingNs = kNanosecondsPerSecond;
  // Returns the time at which the table counts a packet when table time is `now_ns`: the packet's own time or, if that
  // is more than kReorderingNs earlier, `now_ns`.
  static int64_t ArrivalTime(int64_t packet_time_ns, int64_t now_ns) {
    return now_ns - packet_time_ns <= kReorderingNs ? packet_time_ns : now_ns;
  }

 private:
  static constexpr size_t kBatch = 64;
  // After this time with one stretch, no second one is expected until it is seen.
  static constexpr int64_t kFirstStretchAloneNs = 100 * kNanosecondsPerMillisecond;
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
    uint32_t likely_slot;  // a slot under `hash`, perhaps of another connection; or kNotFound
    uint32_t view;         // the view that the key belongs to, once Handle() has found it; otherwise ViewTable::kNone

    void LeaveView() {
      sender = key_sender;
      view = ViewTable::kNone;
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
  // Handles one packet. Returns what the index now has under the packet's key, or kNotFound.
  uint32_t Handle(Arrival* arrival);
  // Returns the slot of the connection's record, after an embryo was replaced by a record. `found` is what the index
  // has under the arrival's key. If that is a view, sets arrival->sender and arrival->view. Returns kNotFound if the
  // index has nothing, or if what it had has ended. Returns kHeld if nothing more is to be done with the packet.
  uint32_t FindRecord(uint32_t found, Arrival* arrival);
  // Returns what the index has under the arrival's key, which belongs to the record `slot`, or kNotFound if that is
  // `slot`.
  uint32_t IndexedSlot(uint32_t slot, const Arrival& arrival) const;
  // Ends the connection in `slot` and returns kNotFound: the arrival then has no connection.
  uint32_t EndFor(uint32_t slot, Arrival* arrival);
  // Returns the slot of the arrival's key, or kNotFound.
  uint32_t FindSlot(const Arrival& arrival) const;
  // Returns the slot of a new embryo, which is at least kEmbryoSlots. REQUIRES: the packet is a SYN whose datagram has
  // at most Embryo::kMaxIpLengthBytes.
  uint32_t AddEmbryo(const Arrival& arrival);
  // Begins a connection as an embryo, and returns the slot of the embryo, which is at least kEmbryoSlots. REQUIRES: the
  // packet is a bare SYN.
  uint32_t BeginEmbryo(const Arrival& arrival);
  // Replaces an embryo by a record, and returns the record's slot. `slot` is the embryo's slot without kEmbryoSlots,
  // and `hash` is the hash of the embryo's key.
  uint32_t Promote(uint32_t slot, uint32_t hash);
  // Ends an embryo. `slot` is the embryo's slot without kEmbryoSlots.
  void EndEmbryo(uint32_t slot, std::optional<EndReason> reason);
  // Begins a connection as a record and returns its slot.
  uint32_t BeginConnection(const Arrival& arrival);
  // Initialises the record in `slot` for the arrival that begins its connection. REQUIRES: the index contains `slot`.
  void InitializeRecord(uint32_t slot, const Arrival& arrival);
  // Ends the connection in `old_slot`, and begins the new connection whose SYN the old one keeps as a candidate (see
  // reuse.h). Returns the new connection's slot. REQUIRES: the segment is the SYN-ACK that answers the candidate.
  uint32_t BeginFromCandidate(uint32_t old_slot, Arrival* arrival);
  // See InterfacePins.
  bool IsDuplicate(uint32_t slot, const Arrival& arrival);
  // A hash of the key for TimeWaitTable. It depends on the contents of the encapsulation, and not on its id: when the
  // last connection of an encapsulation ends, another encapsulation can get the id.
  uint64_t TimeWaitHash(const ConnectionKey& key) const;
  // Whether the segment, which belongs to no connection of the table, belongs to one that has ended. REQUIRES: the
  // segment is no SYN.
  bool IsLate(const Arrival& arrival);
  // If the segment repeats the SYN of an attempt, adapts the attempt's time-out to the gap since the previous SYN.
  void NoteRepeatedSyn(uint32_t slot, const Arrival& arrival);
  // Counts the packet for its connection. If the connection is confirmed, credits the ledger too. Otherwise confirms
  // the connection if that is due. A keep-alive or window probe counts as a segment without payload.
  void Credit(uint32_t slot, const Arrival& arrival);
  // The functions from here to HasOwnKey() are about views, see above the class.

  // Whether copies of the segment on other stretches are looked for.
  bool MayHaveCopies(const DecodedPacket& packet) const {
    return !options_.count_views && packet.kind == DecodedPacket::Kind::kTcpSegment &&
           packet.error == DecodeError::kNone;
  }
  // Whether copies may come: a second stretch was seen, or the capture began so shortly ago that one may follow.
  bool ExpectsCopies() const { return has_several_stretches_ || now_ns_ - first_stretch_ns_ < kFirstStretchAloneNs; }
  Stretch StretchOf(const Arrival& arrival) const;
  // The direction of the packet as far as it tells stretches apart: with count_views, only interfaces do.
  PacketDirection DirectionOf(const DecodedPacket& packet) const;
  InterfacePins::Pin PinOf(const Arrival& arrival) const;
  Fingerprint FingerprintOf(Fingerprint::Kind kind, const Arrival& arrival) const;
  // A hash of addresses and ports, without the encapsulation.
  uint32_t PathHash(const ConnectionKey& key) const;
  // Whether the segment is certainly on the first stretch.
  bool IsOnFirstStretch(const Arrival& arrival) const {
    const DecodedPacket& packet = *arrival.packet;
    return packet.interface == first_stretch_.interface && arrival.key.encapsulation == first_stretch_.encapsulation &&
           packet.direction == first_stretch_.direction && first_stretch_ns_ != 0;
  }
  // Notes the stretch of a segment with an unknown key. REQUIRES: only one stretch was seen so far.
  void NoteStretch(const Arrival& arrival);
  // Remembers the segment, so that copies of it can be found. REQUIRES: MayHaveCopies(*arrival.packet).
  void Remember(uint32_t slot, const Arrival& arrival);
  void RememberEmbryo(const Embryo& embryo);
  // Begins a provisional view if the SYN is the copy of another connection's SYN. Returns the view's slot, which is at
  // least kEmbryoSlots, or kNotFound.
  uint32_t BeginProvisionalView(const Arrival& arrival);
  // Decides whether the provisional view in the embryo `slot` is a view or a connection of its own, and returns the
  // slot of the record. As FindRecord().
  uint32_t ResolveProvisionalView(uint32_t slot, Arrival* arrival);
  // Whether the segment of a provisional view has numbers that fit the connection in `record`. `from_client`: the
  // sender of the view's SYN sent the segment.
  static bool Fits(const ConnectionRecord& record, const DecodedPacket& segment, bool from_client);
  // If a segment with an unknown key is the copy of a segment of another connection, or answers the SYN of another
  // connection, makes the key a view of that connection and returns the slot of the record. Otherwise returns
  // kNotFound.
  uint32_t JoinConnection(Arrival* arrival);
  // If the unconfirmed connection in `slot` turns out to be a view of another connection, ends it as if it had never
  // been, makes its key a view, and returns the slot of the other connection's record. Otherwise returns `slot`.
  uint32_t JoinUnconfirmed(uint32_t slot, Arrival* arrival);
  // Adds what the unconfirmed connection in `from` carried to the unconfirmed connection in `to`.
  // `is_swapped`: end A of the one is end B of the other.
  void TakeCounts(uint32_t from, bool is_swapped, uint32_t to);
  // Counts the packets of the unconfirmed connection in `slot`, which is a view of that in `owner`, as duplicates.
  void CountAsDuplicates(uint32_t slot, uint32_t owner);
  // Returns what the index has for the connection whose SYN has this hash of its key and this sequence number, or
  // kNotFound.
  uint32_t FindBySyn(uint32_t key_hash, uint32_t sequence_number) const;
  // Returns the slot of the record for the segment that was remembered, or kNotFound. Sets `*sender` (out) to the end
  // of the record that sent the segment.
  uint32_t FindRemembered(const Fingerprint& fingerprint, End* sender) const;
  // Makes `arrival->key` a view of the connection in `slot`, whose end `sender` sent the packet. Returns false if there
  // is no room. `replaced` is what the index has under the key, or kNotFound.
  bool AddView(uint32_t slot, End sender, uint32_t replaced, Arrival* arrival);
  // Gives each end the address that it has on the stretch to which it is pinned.
  void SettleAddresses(uint32_t slot);
  // Changes the shown address of an end. Does nothing if there is no room for the view that then takes the record's
  // key.
  void SetEndpoint(uint32_t slot, End end, const Endpoint& endpoint);
  // Tells the edge of the connection that it was opened.
  void OpenEdge(uint32_t slot);
  // Whether an edge is told later of an attempt that begins now.
  bool DefersEdges() const { return !options_.count_views && ExpectsCopies(); }
  // Returns the server as the client addressed it.
  Endpoint ServiceOf(uint32_t slot) const;
  // Tells the edge that holds the connection how the client addressed the server.
  void NoteService(uint32_t slot);
  // Removes a record and all of its views from the index.
  void EraseKeys(uint32_t slot);
  // Whether the index has the record under the record's own key.
  bool HasOwnKey(uint32_t slot) const;

  // As Credit(), for a packet that is no probe.
  void CreditSegment(uint32_t slot, const Arrival& arrival);
  // As Credit(), for a segment that may be a probe, or may acknowledge the byte of a probe.
  void CreditPossibleProbe(uint32_t slot, const Arrival& arrival);
  // Credits the byte of a window probe that `sender` sent and its receiver has now accepted.
  void CreditAcceptedProbe(uint32_t slot, End sender);
  // Updates the connection's state, handshake, loss and delay by a segment whose header is not broken.
  void FollowSegment(uint32_t slot, const Arrival& arrival);
  // Records the segment if it is a step of the handshake. `before` is the state before the segment.
  void FollowHandshake(uint32_t slot, const Arrival& arrival, ConnectionState before);
  // Confirms an unconfirmed connection if enough of it was seen (see Confirmation, above the class).
  void ConfirmIfDue(uint32_t slot);
  void Confirm(uint32_t slot);
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
  // Lets IsLate() know the connection under all its keys.
  void RememberEnded(uint32_t slot);
  // Frees the record and its views, without counting the end of the connection.
  void FreeRecord(uint32_t slot);

  const TableOptions options_;
  EndedConnectionSink* const sink_;
  StableArray<ConnectionRecord> records_;
  StableArray<ConnectionDetails> details_;
  EmbryoTable embryos_;
  ViewTable views_;
  ConnectionIndex index_;
  Timeouts timeouts_;
  GapPool gaps_;
  EncapsulationTable encapsulations_;
  KeyFinder keys_;
  ServerEndpoints servers_;
  InterfacePins pins_;
  Ledger ledger_;                            // has edges if keep_rates
  std::unique_ptr<PayloadWindows> windows_;  // null without keep_rates
  RecentlyEnded recently_ended_;
  TimeWaitTable time_wait_;
  FingerprintTable fingerprints_;
  // By number of an embryo that is a provisional view: the hash of the key of the connection that the view may belong
  // to.
  StableArray<uint32_t> provisional_owners_;
  bool has_several_stretches_ = false;
  bool remembers_other_stretch_ = false;  // Remember() was called for a segment on another stretch than the first
  Stretch first_stretch_{};       // of the first segment with an unknown key; valid if first_stretch_ns_ is not 0
  int64_t first_stretch_ns_ = 0;  // when that segment came
  uint32_t record_limit_ = 0;
  uint32_t records_in_use_ = 0;
  uint32_t free_records_ = Timeouts::kNone;  // head of a list through ConnectionDetails::next
  int64_t now_ns_ = 0;
  uint64_t unmatched_fragments_ = 0;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_CONNECTION_TABLE_H_
