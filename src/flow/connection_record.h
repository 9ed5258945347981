// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_CONNECTION_RECORD_H_
#define TCPGAUGE_SRC_FLOW_CONNECTION_RECORD_H_

#include <cstdint>

#include "src/base/time_units.h"
#include "src/flow/edge_binding.h"
#include "src/net/connection_key.h"
#include "src/net/connection_state.h"

namespace tcpgauge {

// One end's half of a ConnectionRecord: what the end sent, and what it acknowledged. Sequence numbers are in host order
// and compare modulo 2^32 (see sequence.h).
struct EndRecord {
  // What rtt_sequence, rtt_time_us and rtt_timestamp describe. An RTT sample is the time from one segment of this end
  // until the other end acknowledges that segment.
  // - kNone: no sample is under way. The next one begins with the first new segment at or above rtt_sequence.
  // - kSample: a sample is under way. rtt_sequence is the lowest acknowledgment number that ends the sample, and
  //   rtt_time_us is when the sample's segment came.
  // - kSampleByTimestamp: as kSample, and rtt_timestamp is the segment's TSval (RFC 7323).
  // - kShortSample and kShortSampleByTimestamp: like kSample and kSampleByTimestamp, but the acknowledgment may be
  //   delayed (see RttSample).
  // - kRepetition: the end has sent payload again, and the other end has acknowledged no payload since (see stall.h).
  //   rtt_time_us is when the end first sent payload again. rtt_sequence is as for kNone.
  // - kCandidateSyn: a SYN of this end may begin a new connection (see reuse.h). rtt_sequence is the SYN's sequence
  //   number plus one, rtt_time_us is when the SYN came, and rtt_timestamp is its window scale.
  enum class Timing : uint8_t {
    kNone,
    kSample,
    kSampleByTimestamp,
    kShortSample,
    kShortSampleByTimestamp,
    kRepetition,
    kCandidateSyn
  };

  uint64_t packets : 40;
  uint64_t zero_windows : 24;    // segments that announced a window of zero; saturates
  uint64_t payload_bytes;        // retransmissions included
  uint64_t header_bytes : 48;    // all bytes of IP datagrams except payload
  uint64_t window : 16;          // as last advertised, to be scaled (see window.h)
  uint32_t initial_sequence;     // the sequence number of the end's SYN (ISS); valid with kSynSeen
  uint32_t next_sequence;        // the highest sequence number sent, plus one (SND.NXT); valid with kSeen
  uint32_t last_acknowledgment;  // the highest acknowledgment number sent; valid with kAckSeen
  uint32_t retransmitted_segments;
  uint32_t out_of_order_segments;
  // The next three fields serve one purpose at a time, and `timing` says which (see Timing).
  uint32_t rtt_sequence;
  uint32_t rtt_time_us;  // table time, modulo 2^32
  uint32_t rtt_timestamp;
  uint32_t smoothed_rtt_eighth_us : 29;  // the samples, smoothed (see AnalyzeSegment); 0 = no sample yet
  Timing timing : 3;
  // Segments with payload that the connection's edge does not count yet. Retransmissions are left out while the
  // connection is unconfirmed and kDoubtful. At most kMaxUntoldSegments.
  uint16_t untold_segments : 7;
  uint16_t window_scale : 4;  // DecodedPacket::window_scale of the end's SYN; valid with kSynSeen
  uint16_t flags : 5;
  uint16_t last_counted_sixteenth;  // table time of the last counted packet, in 1/16 s modulo 2^16 (InterfacePins)

  // Converts `time_ns` to the unit of rtt_time_us.
  static uint32_t RttTime(int64_t time_ns) { return static_cast<uint32_t>(time_ns / kNanosecondsPerMicrosecond); }

  enum Flag : uint8_t {
    kSeen = 1,     // a segment of this end was analyzed
    kSynSeen = 2,  // the end sent a SYN or a SYN-ACK
    kFinSeen = 4,  // the end sent a FIN
    kAckSeen = 8,  // the end sent an ACK
    kWentOn = 16,  // in state RESET: the end sent or acknowledged something new after the reset
  };
  static constexpr uint8_t kAllFlags = 31;
  static constexpr uint32_t kMaxUntoldSegments = 127;

  // The bytes of IP datagrams, headers included.
  uint64_t ip_bytes() const { return header_bytes + payload_bytes; }
  bool has(Flag flag) const { return (flags & flag) != 0; }
  void set(Flag flag) { flags = static_cast<uint8_t>(flags | flag) & kAllFlags; }
  void clear(Flag flag) { flags = static_cast<uint8_t>(flags & ~flag) & kAllFlags; }
};
static_assert(sizeof(EndRecord) == 64, "one cache line");

// Counts of one end: retransmitted and out-of-order segments, which are signs of loss, and zero windows, which are
// signs of a full receive buffer. An object holds the counts so far, or the difference between the counts at two
// moments.
struct LossCounts {
  uint32_t retransmitted_segments;
  uint32_t out_of_order_segments;
  uint32_t zero_windows;

  static LossCounts Of(const EndRecord& end) {
    return {end.retransmitted_segments, end.out_of_order_segments, static_cast<uint32_t>(end.zero_windows)};
  }
  bool IsZero() const { return (retransmitted_segments | out_of_order_segments | zero_windows) == 0; }
  friend LossCounts operator-(const LossCounts& a, const LossCounts& b) {
    return {a.retransmitted_segments - b.retransmitted_segments, a.out_of_order_segments - b.out_of_order_segments,
            a.zero_windows - b.zero_windows};
  }
};

// Classes of connections. All connections of a class have the same time-out. A connection is half-closed when only one
// end has sent a FIN.
// - kHandshake: in SYN-SENT.
// - kBackedOffHandshake: in SYN-SENT, and the SYN was repeated after a long gap.
// - kLongestHandshake: in SYN-SENT, and the SYN was repeated after a longer gap; or in SYN-RECEIVED.
// - kUnconfirmed: established or half-closed, but not confirmed (see ConnectionTable).
// - kEstablished: established or half-closed, and confirmed.
// - kClosing: both ends sent a FIN.
// - kFinished: closed or reset.
enum class TimeoutClass : uint8_t {
  kHandshake,
  kBackedOffHandshake,
  kLongestHandshake,
  kUnconfirmed,
  kEstablished,
  kClosing,
  kFinished,
};
constexpr size_t kTimeoutClassCount = 7;

// What the record of an attempt keeps until the edge is told of the attempt.
struct PendingEdge {
  uint16_t syn_retransmissions : 14;  // the edge is credited with them when it is told
  uint16_t provisional_views : 2;     // copies of the SYN that may still become views; saturates

  static constexpr uint16_t kMaxSynRetransmissions = (1 << 14) - 1;
  static constexpr uint16_t kMaxProvisionalViews = 3;
};

// One connection of a ConnectionTable, in a slot of the table's array of records.
//
// Design. A record is three cache lines: one for the connection, and one for each end. A packet uses the connection's
// line and its sender's line. A segment with an acknowledgment also uses the receiver's line. Fields that are mostly
// needed when a connection begins or ends lie in ConnectionDetails, in an array beside the records. A new field must
// fit into the three lines: a fourth line would cost 64 MB for a million connections, and one more fetch for every
// packet.
struct alignas(64) ConnectionRecord {
  // The record's own key. Its addresses are the ones that outputs show. If views were found, end a may have its address
  // from one view, and end b from another (see Addresses in ConnectionTable). Then the index leads from the keys of the
  // views to the record, and end a need not be the lesser endpoint.
  ConnectionKey key;
  int64_t last_packet_time_ns;  // table time; never decreases
  ConnectionState state : 7;
  bool is_request_pending : 1;       // the client has sent payload that the server has not answered (see exchange.h)
  TimeoutClass timeout_class : 3;    // the TimeoutWheel that holds the record; may lag behind the state (see Timeouts)
  TimeoutClass handshake_class : 3;  // the class while in SYN-SENT
  bool is_edge_pending : 1;          // the connection is confirmed, but its edge was not told of it yet (see Ledger)
  bool is_key_of_views : 1;          // the index leads only from views to the record: a View has the record's first key
  uint8_t timeout_bucket;            // the record's bucket in its wheel
  uint8_t flags;
  uint16_t pins[2];  // indexed by End: InterfacePins::Pin::bits(), or kNoPin: no packet of the end was counted
  uint16_t gaps;     // the GapPool::SetId of both ends' gaps; 0 = no gaps
  union {
    uint16_t edge = 0;         // unless is_edge_pending: the EdgeTable::Slot; the slot may hold another edge by now
    PendingEdge pending_edge;  // with is_edge_pending
  };
  EdgeBinding bound;  // who is at the ends
  EndRecord ends[2];  // indexed by End

  static constexpr uint16_t kNoPin = UINT16_MAX;

  enum Flag : uint8_t {
    kClientIsB = 1,
    kRoleObserved = 2,    // a SYN or SYN-ACK told which end is the client; unset: kClientIsB is a guess (see IsClientB)
    kMidstream = 4,       // begun with neither SYN nor SYN-ACK
    kConfirmed = 8,       // see ConnectionTable
    kRefused = 16,        // a RST of the server answered the SYN
    kInUse = 32,          // unset: the slot is free
    kHandshakeDone = 64,  // the ACK that completes the handshake was seen
    kDoubtful = 128,      // begun by a RST, or by a late segment of a connection that had ended
  };
  bool has(Flag flag) const { return (flags & flag) != 0; }
  void set(Flag flag) { flags = static_cast<uint8_t>(flags | flag); }
  void clear(Flag flag) { flags = static_cast<uint8_t>(flags & ~flag); }

  End client_end() const { return has(kClientIsB) ? End::kB : End::kA; }
  EndRecord& end(End which) { return ends[static_cast<size_t>(which)]; }
  const EndRecord& end(End which) const { return ends[static_cast<size_t>(which)]; }
  const EndRecord& client() const { return end(client_end()); }
  const EndRecord& server() const { return end(OtherEnd(client_end())); }
};
static_assert(sizeof(ConnectionRecord) == 192, "three cache lines");

// The fields of a connection that few packets need. They lie in an array beside the records, under the same slot.
struct ConnectionDetails {
  int64_t start_time_ns() const {
    return static_cast<int64_t>(uint64_t{start_time_words[1]} << 32 | start_time_words[0]);
  }
  void set_start_time_ns(int64_t time_ns) {
    start_time_words[0] = static_cast<uint32_t>(time_ns);
    start_time_words[1] = static_cast<uint32_t>(static_cast<uint64_t>(time_ns) >> 32);
  }

  uint32_t start_time_words[2];  // low, high; an int64_t would need padding
  // `syn_time` is the time of the SYN, and `syn_ack_time` is the time of the SYN-ACK. Either is kUnknown if its segment
  // was not seen. The unit is 100 ns, and values saturate at 214 s. The reference point depends on
  // ConnectionRecord::kHandshakeDone:
  // - unset: the time from the start of the connection to the segment;
  // - set: the time from the segment to the ACK. This time is negative if the segment was captured after the ACK.
  // When a SYN or SYN-ACK is sent several times, the last one before the ACK counts.
  static constexpr int32_t kUnknown = INT32_MIN;
  static constexpr int64_t kNanosecondsPerUnit = 100;
  int32_t syn_time;
  int32_t syn_ack_time;
  // The slots of the neighbours in a bucket of a TimeoutWheel. In a free slot, `next` is the next free slot.
  uint32_t previous;
  uint32_t next;
  uint32_t first_view;  // head of the list of the connection's views, or ViewTable::kNone
};
static_assert(sizeof(ConnectionDetails) == 28, "no padding");

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_CONNECTION_RECORD_H_
