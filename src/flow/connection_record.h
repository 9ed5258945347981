// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_CONNECTION_RECORD_H_
#define TCPGAUGE_SRC_FLOW_CONNECTION_RECORD_H_

#include <cstdint>

#include "src/base/time_units.h"
#include "src/net/connection_key.h"
#include "src/net/connection_state.h"

namespace tcpgauge {

// What one end of a connection sent and acknowledged. Sequence numbers are in host order and compare modulo 2^32.
struct EndRecord {
  uint64_t packets : 40;
  uint64_t zero_windows : 24;  // saturates
  uint64_t payload_bytes;
  uint64_t ip_bytes;
  uint32_t initial_sequence;  // the sequence number of its SYN (ISS); valid with kSynSeen
  uint32_t next_sequence;     // the highest sequence number sent, plus one (SND.NXT); valid with kSeen
  uint32_t last_acknowledgment;
  uint32_t retransmitted_segments;
  uint32_t out_of_order_segments;
  // With kRttPending, an RTT sample is under way, and these three fields describe it. Without kRttPending, the next
  // sample begins at sequence number `rtt_sequence`.
  uint32_t rtt_sequence;            // the lowest acknowledgment number that ends the sample
  uint32_t rtt_time_us;             // when its segment came, modulo 2^32
  uint32_t rtt_timestamp;           // TSval of its segment; valid with kRttTimestamp
  uint32_t smoothed_rtt_eighth_us;  // RFC 6298's SRTT in eighths of a microsecond; 0 = no sample yet
  uint8_t flags;
  uint8_t payload_segments;         // saturates
  uint16_t last_counted_sixteenth;  // when its last packet was counted, in sixteenths of a second modulo 2^16

  // `time_ns` in the unit of rtt_time_us.
  static uint32_t RttTime(int64_t time_ns) { return static_cast<uint32_t>(time_ns / kNanosecondsPerMicrosecond); }

  enum Flag : uint8_t {
    kSeen = 1,
    kSynSeen = 2,
    kFinSeen = 4,
    kAckSeen = 8,
    kRttPending = 16,
    kRttTimestamp = 32,
    kCandidateSyn = 64,  // the rtt fields describe a SYN that may begin a new connection (see reuse.h)
  };
  bool has(Flag flag) const { return (flags & flag) != 0; }
  void set(Flag flag) { flags = static_cast<uint8_t>(flags | flag); }
  void clear(int mask) { flags = static_cast<uint8_t>(flags & ~mask); }
};
static_assert(sizeof(EndRecord) == 64, "one cache line");

// Counts of segments that are signs of loss or of a full receive buffer: the counts of one end so far, or the
// difference of two such counts.
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

// Groups of connections that have the same time-out.
enum class TimeoutClass : uint8_t { kHandshake, kUnconfirmed, kEstablished, kClosing, kFinished };
constexpr size_t kTimeoutClassCount = 5;

// One connection in the table.
//
// Design. A record is three cache lines, and a packet touches two of them: the first, and that of its sender (an
// acknowledgment also touches the receiver's). Fields that only the beginning and the end of a connection need lie in
// ConnectionDetails, in an array beside the records. A field that is added here must fit into these lines: a fourth
// line would cost a million connections 64 MB, and every packet one more fetch.
struct alignas(64) ConnectionRecord {
  ConnectionKey key;
  int64_t last_packet_time_ns;  // table time; never decreases
  ConnectionState state;
  TimeoutClass timeout_class;  // the class of the wheel that holds it
  uint8_t timeout_bucket;      // its bucket in that wheel
  uint8_t flags;
  uint16_t interfaces[2];  // indexed by End: the interface on which that end's packets are counted, or kNoInterface
  uint16_t gaps;           // index into the GapPool; 0 = none
  uint16_t edge;           // EdgeTable::Slot, perhaps stale: the slot may hold another edge by now
  int32_t syn_time;        // see ConnectionDetails::syn_ack_time
  EndRecord ends[2];       // indexed by End

  static constexpr uint16_t kNoInterface = UINT16_MAX;

  enum Flag : uint8_t {
    kClientIsB = 1,
    kRoleObserved = 2,  // by a SYN or SYN-ACK
    kMidstream = 4,     // begun without a SYN or SYN-ACK
    kConfirmed = 8,
    kRefused = 16,        // a RST answered the SYN
    kInUse = 32,          // unset: the slot is free
    kHandshakeDone = 64,  // the ACK that completes the handshake was seen
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

// The fields of a connection that few packets need, in an array beside the records.
struct ConnectionDetails {
  int64_t start_time_ns() const {
    return static_cast<int64_t>(uint64_t{start_time_words[1]} << 32 | start_time_words[0]);
  }
  void set_start_time_ns(int64_t time_ns) {
    start_time_words[0] = static_cast<uint32_t>(time_ns);
    start_time_words[1] = static_cast<uint32_t>(static_cast<uint64_t>(time_ns) >> 32);
  }

  uint32_t start_time_words[2];  // low, high; an int64_t would need padding
  // When the SYN-ACK came; ConnectionRecord::syn_time says the same of the SYN. Both are in units of 100 ns. Until the
  // handshake is done, they count from the start of the connection, and saturate at 214 s. With
  // ConnectionRecord::kHandshakeDone, they count backwards from the ACK, so they are negative when the segment was
  // captured after the ACK. When a SYN or SYN-ACK was sent several times, the last one before the next step counts.
  static constexpr int32_t kUnknown = INT32_MIN;
  static constexpr int64_t kNanosecondsPerUnit = 100;
  int32_t syn_ack_time;
  // Neighbours in a bucket of a TimeoutWheel. In a free slot, `next` is the next free slot.
  uint32_t previous;
  uint32_t next;
};
static_assert(sizeof(ConnectionDetails) == 20, "no padding");

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_CONNECTION_RECORD_H_
