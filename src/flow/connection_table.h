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
  // Whether anybody reads more than the log: rates, ranking, edges and recently ended connections. Without them the
  // table needs less memory and time.
  bool keep_rates = true;
  int64_t rate_tick_ns = kNanosecondsPerSecond;
  int64_t rate_window_ns = kNanosecondsPerSecond;
  int64_t ranking_window_ns = 60 * kNanosecondsPerSecond;
  size_t max_recently_ended = 100;
  uint32_t max_encapsulations = EncapsulationTable::kCapacity;
  EdgeTableOptions edges;
};

// Is told of each connection that leaves the table.
class EndedConnectionSink {
 public:
  virtual ~EndedConnectionSink() = default;
  virtual void OnConnectionEnded(const EndedConnection& connection) = 0;
};

// One worker's connections: an index over records that never move. A connection of which only a SYN was seen is an
// embryo, a third of a record.
//
// A connection begins with a SYN or, unless `new_only`, with any segment. One that begins with neither SYN nor SYN-ACK
// is midstream; it is confirmed, that is, shown and counted, once both directions or three segments with payload were
// seen. A SYN with another sequence number begins a new connection on the same 4-tuple when the old one is unanswered,
// closing, closed or reset; in an established one it does so when the other end answers that SYN (see reuse.h).
//
// Design. The time of a packet is the time of waiting for memory, so a batch of 64 packets is handled in steps: make
// all keys, fetch the index lines, fetch the records, and only then take the packets one by one. The waits of a batch
// overlap. A packet of the same connection as the packet before it skips all of this. Tried instead, and no faster:
// looking packets up 12 to 32 ahead of the one that is taken (2 to 9 % slower), batches of 32, and looking up one group
// of a batch while another is taken. The parts of the table each have a class: SlotSet and ConnectionIndex (lookup),
// EmbryoTable (SYN floods), TimeoutWheel (ends), Ledger (sums), PayloadWindows (rates and ranking), InterfacePins
// (duplicates), GapPool and AnalyzeSegment() (loss and delay).
//
// Thread: confined to one; nothing here synchronises.
// Time: nanoseconds of the Unix epoch, from packets and AdvanceTime(); table time is the latest of all and never steps
// back.
// Bounds: max_connections. When all are in use, the least useful one is evicted and counted, in this order: (1) the
// oldest embryo, (2) the longest idle without a completed handshake, (3) finished, (4) closing, (5) established.
// Errors: none; any sequence of packets is possible.
// Alignment: a cache line, so that the tables of two threads that lie side by side share none. Without it, two workers
// were 1.2 instead of 1.9 times as fast as one.
class alignas(64) ConnectionTable {
 public:
  static constexpr int64_t kHandshakeTimeoutNs = 30 * kNanosecondsPerSecond;
  static constexpr int64_t kUnconfirmedTimeoutNs = 60 * kNanosecondsPerSecond;
  static constexpr int64_t kClosingTimeoutNs = 60 * kNanosecondsPerSecond;
  static constexpr int kMidstreamPayloadSegments = 3;
  static constexpr size_t kMaxInterfaces = InterfacePins::kMaxInterfaces;

  // `sink` may be null; else it must outlive the table. Called on the table's thread.
  ConnectionTable(const TableOptions& options, EndedConnectionSink* sink);

  // What a table with these options takes at most, all its parts together.
  static uint64_t MemoryBytes(const TableOptions& options);

  // Takes in the TCP segments and fragments of a batch, in order; other packets are passed over.
  // DecodedPacket::interface is an index below kMaxInterfaces here.
  void Apply(absl::Span<const DecodedPacket> packets) { Apply(packets, {}); }
  // With hints, one of each packet or none at all.
  void Apply(absl::Span<const DecodedPacket> packets, absl::Span<const ConnectionHint> hints);

  // Moves table time on and ends connections whose time has come, a bounded number in one call; true when none is left.
  bool AdvanceTime(int64_t now_ns);

  // Ends every connection, without a reason.
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
  // Packets of connections that are counted on another interface, per interface.
  uint64_t duplicate_packets(size_t interface) const { return pins_.duplicate_packets(interface); }
  uint64_t unmatched_fragments() const { return unmatched_fragments_; }
  OverflowCounts overflows() const { return {gaps_.overflows(), encapsulations_.overflows(), servers_.overflows()}; }
  // Connections tracked now, the unconfirmed included.
  size_t size() const { return index_.size(); }

  // Slots of two kinds: records are numbered from 0, embryos from kEmbryoSlots. Those that were ever used are below the
  // limits.
  static constexpr uint32_t kEmbryoSlots = ConnectionIndex::kEmbryo;
  uint32_t record_limit() const { return record_limit_; }
  uint32_t embryo_limit() const { return kEmbryoSlots + embryos_.slot_limit(); }
  // Whether the slot holds a connection that is to be shown.
  bool IsConfirmed(uint32_t slot) const {
    return slot & kEmbryoSlots ? embryos_.InUse(slot & ~kEmbryoSlots)
                               : records_[slot].has(ConnectionRecord::kConfirmed);
  }
  // Whether it holds any.
  bool IsInUse(uint32_t slot) const {
    return slot & kEmbryoSlots ? embryos_.InUse(slot & ~kEmbryoSlots) : records_[slot].has(ConnectionRecord::kInUse);
  }
  // Makes the memory of records resident that were never used; those beyond max_connections are left out. Thread: any,
  // at any time.
  void PopulateRecords(uint32_t first, uint32_t count);
  // REQUIRES, like all below: the slot holds a connection.
  ConnectionSummary Summarize(uint32_t slot) const;
  // Payload bytes per second of an end over the rate window that ended last before `time_ns`.
  double PayloadRate(uint32_t slot, bool of_client, int64_t time_ns) const;
  // Payload bytes of both ends over the ranking window.
  uint64_t WindowPayloadBytes(uint32_t slot, int64_t time_ns) const;

  // Packets from several queues may be this much out of order; what is further behind comes from a clock that was set
  // back.
  static constexpr int64_t kReorderingNs = kNanosecondsPerSecond;
  // When a packet counts as arrived, if the latest of all came at `now_ns`.
  static int64_t ArrivalTime(int64_t packet_time_ns, int64_t now_ns) {
    return now_ns - packet_time_ns <= kReorderingNs ? packet_time_ns : now_ns;
  }

 private:
  static constexpr size_t kBatch = 64;
  // One packet of a batch on its way into the table.
  struct Arrival {
    const DecodedPacket* packet;
    int64_t time_ns;  // table time, or the packet's own where that is only a little behind
    ConnectionKey key;
    End sender;
    bool follows;  // the one before it is of the same connection
    uint32_t hash;
    uint32_t candidate;  // slot with this hash, or kNotFound
  };

  // Looks all up, so that their memory is on its way before the first is taken.
  void FetchMemory(absl::Span<Arrival> arrivals);
  // Likewise for ending the `count` oldest embryos. REQUIRES: count <= kBatch.
  void FetchOldestEmbryos(size_t count);
  // All that there is of a record.
  void FetchRecord(uint32_t slot) const;

  // Fills in all but `candidate`, and takes a use of the encapsulation; false when the packet is of no connection.
  // `previous` is the one before it, or null.
  bool Prepare(const DecodedPacket& packet, const ConnectionHint& hint, const Arrival* previous, Arrival* arrival);
  // Where its connection is then, or kNotFound.
  uint32_t Take(const Arrival& arrival);
  uint32_t FindSlot(const Arrival& arrival) const;
  uint32_t BeginEmbryo(const Arrival& arrival);
  // A record for what the embryo, whose key has this hash, knows; its slot. The embryo is gone.
  uint32_t Promote(uint32_t embryo, uint32_t hash);
  void EndEmbryo(uint32_t embryo, std::optional<EndReason> reason);
  uint32_t Begin(const Arrival& arrival);
  // In a slot that is in the index.
  void BeginRecord(uint32_t slot, const Arrival& arrival);
  // Begins the connection whose SYN was kept as a candidate while an older one held its 4-tuple.
  // REQUIRES: the segment is the SYN-ACK that answers it.
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
  // REQUIRES: one is free.
  uint32_t TakeFreeRecord();
  void MakeRoom();
  // A hash of key and start time under the seed of this run. It is unique without a counter that threads would share:
  // two connections have one id only by a collision of 64 bits.
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
  Ledger ledger_;                            // without edges where there is no keep_rates
  std::unique_ptr<PayloadWindows> windows_;  // null likewise
  RecentlyEnded recently_ended_;
  uint32_t record_limit_ = 0;
  uint32_t free_records_ = Timeouts::kNone;  // a list through ConnectionDetails::next
  int64_t now_ns_ = 0;
  uint64_t unmatched_fragments_ = 0;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_CONNECTION_TABLE_H_
