// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_CONNECTION_TABLE_H_
#define TCPGAUGE_SRC_FLOW_CONNECTION_TABLE_H_

#include <cstdint>
#include <memory>
#include <optional>

#include "absl/types/span.h"
#include "src/base/stable_array.h"
#include "src/base/time_units.h"
#include "src/decode/decoded_packet.h"
#include "src/flow/connection_hint.h"
#include "src/flow/connection_index.h"
#include "src/flow/connection_record.h"
#include "src/flow/connection_summary.h"
#include "src/flow/edge_table.h"
#include "src/flow/embryo_table.h"
#include "src/flow/encapsulation_table.h"
#include "src/flow/gap_pool.h"
#include "src/flow/interface_pins.h"
#include "src/flow/key_finder.h"
#include "src/flow/ledger.h"
#include "src/flow/overflow.h"
#include "src/flow/payload_windows.h"
#include "src/flow/recently_ended.h"
#include "src/flow/server_endpoints.h"
#include "src/flow/timeouts.h"
#include "src/flow/totals.h"

namespace tcpgauge {

struct TableOptions {
  uint32_t max_connections = 1000000;  // at most 2^30
  bool new_only = false;               // ignore connections whose SYN was not seen
  int64_t remove_after_ns = 2 * kNanosecondsPerSecond;
  int64_t idle_timeout_ns = kSecondsPerHour * kNanosecondsPerSecond;
  uint64_t hash_seed = 0;
  // Whether to keep rates, ranking, edges and recently ended connections. When only the connection log is read, the
  // table needs less memory and time without them.
  bool keep_rates = true;
  int64_t rate_tick_ns = kNanosecondsPerSecond;
  int64_t rate_window_ns = kNanosecondsPerSecond;
  int64_t ranking_window_ns = 60 * kNanosecondsPerSecond;
  size_t max_recently_ended = 100;
  uint32_t max_encapsulations = EncapsulationTable::kCapacity;
  EdgeTableOptions edges;
};

// Receives each connection that leaves the table, on the table's thread.
class EndedConnectionSink {
 public:
  virtual ~EndedConnectionSink() = default;
  virtual void OnConnectionEnded(const EndedConnection& connection) = 0;
};

// One worker's connections: an index over records that never move. A connection of which only one SYN was seen is an
// embryo, which takes a third of a record.
//
// A connection begins with a SYN or, unless `new_only`, with any segment. A connection that begins with neither SYN nor
// SYN-ACK is midstream. It is confirmed once both directions or three segments with payload of one end were seen; only
// confirmed connections are shown and counted. A SYN with another sequence number begins a new connection on the same
// 4-tuple. If the old connection is unanswered, closing, closed or reset, the new one begins at once. If the old
// connection is established, the new one begins when the other end answers the SYN (see reuse.h).
//
// Design. Most of a packet's time is waiting for memory, so a batch of 64 packets is handled in steps: make all keys,
// fetch the index lines, fetch the records, and only then handle the packets one by one. So the waits of a batch
// overlap. A packet of the same connection as the packet before it skips the lookup. Three variants were tried and were
// no faster: looking packets up 12 to 32 ahead of the one that is handled (2 to 9 % slower), batches of 32, and looking
// up one group of a batch while another is handled. Each part of the table has a class: SlotSet and ConnectionIndex
// (lookup), EmbryoTable (SYN floods), TimeoutWheel (ends), Ledger (sums), PayloadWindows (rates and ranking),
// InterfacePins (duplicates), GapPool and AnalyzeSegment() (loss and delay).
//
// Thread: confined to one thread, PopulateRecords() excepted.
// Time: nanoseconds since the Unix epoch, from packets and AdvanceTime(). Table time is the latest time seen so far and
// never steps back.
// Bounds: max_connections. When the table is full, a new connection evicts the least useful one. Eviction order: (1)
// oldest embryo, (2) longest idle without a completed handshake or unconfirmed, (3) finished, (4) closing, (5)
// established. The totals count evicted connections; overflows() counts entries that a part of the table had no room
// for.
// Errors: none; any sequence of packets is possible.
// Alignment: a cache line, so that the adjacent tables of two threads share no line. Without it, two workers were 1.2
// instead of 1.9 times as fast as one.
class alignas(64) ConnectionTable {
 public:
  static constexpr int64_t kHandshakeTimeoutNs = 30 * kNanosecondsPerSecond;
  static constexpr int64_t kUnconfirmedTimeoutNs = 60 * kNanosecondsPerSecond;
  static constexpr int64_t kClosingTimeoutNs = 60 * kNanosecondsPerSecond;
  static constexpr int kMidstreamPayloadSegments = 3;
  static constexpr size_t kMaxInterfaces = InterfacePins::kMaxInterfaces;

  // `sink` may be null. Otherwise it must outlive the table.
  ConnectionTable(const TableOptions& options, EndedConnectionSink* sink);

  // The most memory that a table with these options takes, all its parts included.
  static uint64_t MemoryBytes(const TableOptions& options);

  // Accounts for the TCP segments and fragments among `packets`, in order, and ignores other packets. Here
  // DecodedPacket::interface is an index, and all indices from kMaxInterfaces - 1 up count as one interface.
  void Apply(absl::Span<const DecodedPacket> packets) { Apply(packets, {}); }
  // `hints` has one hint for each packet, or is empty.
  void Apply(absl::Span<const DecodedPacket> packets, absl::Span<const ConnectionHint> hints);

  // Moves table time forward to `now_ns` and ends connections that have timed out. The work of a call is bounded, so
  // that packets do not wait: false when more connections may have timed out.
  bool AdvanceTime(int64_t now_ns);

  // Ends every connection, with nullopt as the reason.
  void EndAll();

  void SetLocalListeners(std::shared_ptr<const LocalListeners> listeners) {
    servers_.SetLocalListeners(std::move(listeners));
  }

  int64_t now_ns() const { return now_ns_; }
  // Null without keep_rates.
  const EdgeTable* edges() const { return ledger_.edges(); }
  const RecentlyEnded& recently_ended() const { return recently_ended_; }
  const Totals& totals() const { return ledger_.totals(); }
  const EncapsulationTable& encapsulations() const { return encapsulations_; }
  // Packets seen on `interface` and not counted there, because their connection is counted on another interface.
  // REQUIRES: interface < kMaxInterfaces.
  uint64_t duplicate_packets(size_t interface) const { return pins_.duplicate_packets(interface); }
  // Fragments that belong to no connection, or whose first fragment was not seen.
  uint64_t unmatched_fragments() const { return unmatched_fragments_; }
  OverflowCounts overflows() const { return {gaps_.overflows(), encapsulations_.overflows(), servers_.overflows()}; }
  // Connections in the table now, the unconfirmed included.
  size_t size() const { return index_.size(); }

  // There are two kinds of slots: records are numbered from 0, embryos from kEmbryoSlots. All slots that were ever used
  // are below the limit of their kind.
  static constexpr uint32_t kEmbryoSlots = ConnectionIndex::kEmbryo;
  uint32_t record_limit() const { return record_limit_; }
  uint32_t embryo_limit() const { return kEmbryoSlots + embryos_.slot_limit(); }
  // Whether the slot holds a confirmed connection. An embryo is confirmed.
  bool IsConfirmed(uint32_t slot) const {
    return slot & kEmbryoSlots ? embryos_.InUse(slot & ~kEmbryoSlots)
                               : records_[slot].has(ConnectionRecord::kConfirmed);
  }
  // Whether the slot holds a connection.
  bool IsInUse(uint32_t slot) const {
    return slot & kEmbryoSlots ? embryos_.InUse(slot & ~kEmbryoSlots) : records_[slot].has(ConnectionRecord::kInUse);
  }
  // Makes the memory of `count` records resident before they are used, from `first` on. Slots beyond max_connections
  // are ignored. Thread: any, at any time.
  void PopulateRecords(uint32_t first, uint32_t count);
  // REQUIRES, for this method and the next two: the slot holds a connection.
  ConnectionSummary Summarize(uint32_t slot) const;
  // Payload bytes per second that the client or the server sent, over the last rate window that ended by `time_ns`.
  double PayloadRate(uint32_t slot, bool of_client, int64_t time_ns) const;
  // Payload bytes of both ends over the ranking window that ends at `time_ns`.
  uint64_t WindowPayloadBytes(uint32_t slot, int64_t time_ns) const;

  // Packets from several queues may be this much out of order. A packet that is further behind comes from a clock that
  // was set back.
  static constexpr int64_t kReorderingNs = kNanosecondsPerSecond;
  // The time at which the table counts a packet when table time is `now_ns`: the packet's own time or, after a clock
  // was set back, table time.
  static int64_t ArrivalTime(int64_t packet_time_ns, int64_t now_ns) {
    return now_ns - packet_time_ns <= kReorderingNs ? packet_time_ns : now_ns;
  }

 private:
  static constexpr size_t kBatch = 64;
  // One packet of a batch, prepared for its lookup.
  struct Arrival {
    const DecodedPacket* packet;
    int64_t time_ns;  // see ArrivalTime()
    ConnectionKey key;
    End sender;
    bool same_as_previous;  // has the same key as the arrival before it
    uint32_t hash;
    uint32_t likely_slot;  // a slot with this hash, or kNotFound
  };

  // Fills in `likely_slot` of all arrivals and prefetches their memory, so that it is on its way before the first
  // arrival is handled.
  void FetchMemory(absl::Span<Arrival> arrivals);
  // Prefetches the memory that ending the `count` oldest embryos needs. REQUIRES: count <= kBatch.
  void FetchOldestEmbryos(size_t count);
  // Prefetches all memory of a record.
  void FetchRecord(uint32_t slot) const;

  // Fills in `*arrival` except for `likely_slot`, and acquires a use of the key's encapsulation. False when the packet
  // belongs to no connection. `previous` is the arrival before it, or null.
  bool Prepare(const DecodedPacket& packet, const ConnectionHint& hint, const Arrival* previous, Arrival* arrival);
  // Handles one packet. Returns the slot of its connection afterwards, or kNotFound.
  uint32_t Handle(const Arrival& arrival);
  // The slot of the arrival's key, or kNotFound.
  uint32_t FindSlot(const Arrival& arrival) const;
  uint32_t BeginEmbryo(const Arrival& arrival);
  // Replaces the embryo in `slot` by a record and returns the record's slot. `hash` is that of the embryo's key.
  uint32_t Promote(uint32_t slot, uint32_t hash);
  void EndEmbryo(uint32_t slot, std::optional<EndReason> reason);
  // Begins a connection in a record and returns its slot.
  uint32_t BeginConnection(const Arrival& arrival);
  // Initialises the record. REQUIRES: the index contains `slot` under the arrival's hash.
  void InitializeRecord(uint32_t slot, const Arrival& arrival);
  // Ends the connection in `old_slot` and begins the one whose SYN it keeps as a candidate. Returns the new slot.
  // REQUIRES: the segment is the SYN-ACK that answers the candidate.
  uint32_t BeginFromCandidate(uint32_t old_slot, const Arrival& arrival);
  // See InterfacePins.
  bool IsDuplicate(uint32_t slot, const Arrival& arrival);
  void Credit(uint32_t slot, const Arrival& arrival);
  void FollowSegment(uint32_t slot, const Arrival& arrival);
  void FollowHandshake(uint32_t slot, const Arrival& arrival, ConnectionState before);
  void ConfirmIfDue(uint32_t slot);
  void Confirm(uint32_t slot);
  void SetClient(uint32_t slot, End end);
  void SetState(uint32_t slot, ConnectionState state);
  // REQUIRES: a record is free.
  uint32_t TakeFreeRecord();
  // Evicts a connection if the table is full.
  void MakeRoom();
  // A hash of key and start time under the seed of this run. So ids need no counter that threads share, and two
  // connections have the same id only when 64-bit hashes collide.
  uint64_t IdOf(const ConnectionKey& key, int64_t start_time_ns) const;
  void EndConnection(uint32_t slot, std::optional<EndReason> reason);

  const TableOptions options_;
  EndedConnectionSink* const sink_;
  StableArray<ConnectionRecord> records_;
  StableArray<ConnectionDetails> details_;
  EmbryoTable embryos_;
  ConnectionIndex index_;
  Timeouts timeouts_;
  GapPool gaps_;
  EncapsulationTable encapsulations_;
  KeyFinder keys_;
  ServerEndpoints servers_;
  InterfacePins pins_;
  Ledger ledger_;                            // without edges unless keep_rates
  std::unique_ptr<PayloadWindows> windows_;  // null unless keep_rates
  RecentlyEnded recently_ended_;
  uint32_t record_limit_ = 0;
  uint32_t free_records_ = Timeouts::kNone;  // head of a list through ConnectionDetails::next
  int64_t now_ns_ = 0;
  uint64_t unmatched_fragments_ = 0;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_CONNECTION_TABLE_H_
