// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_CONNECTION_SUMMARY_H_
#define TCPGAUGE_SRC_FLOW_CONNECTION_SUMMARY_H_

#include <cstdint>
#include <optional>

#include "src/net/connection_state.h"
#include "src/net/encapsulation.h"
#include "src/net/endpoint.h"

namespace tcpgauge {

// What one end of a connection sent.
struct DirectionSummary {
  uint64_t packets = 0;
  uint64_t payload_bytes = 0;  // TCP payload by the headers' lengths, retransmissions included
  uint64_t ip_bytes = 0;       // IP header and all that follows it
  uint32_t retransmitted_segments = 0;
  uint32_t out_of_order_segments = 0;
  uint32_t zero_windows = 0;
  double payload_bytes_per_second = 0;  // over the rate window; 0 until WorkerPublisher fills it
};

// All that is known of one connection, as a value that no longer needs its table. The same type goes all the way: the
// table fills it, and publisher, collector, snapshot, log and every output hand it on.
//
// Units: times are nanoseconds of the Unix epoch; durations are nanoseconds, kUnknown where not observed.
// Size: a snapshot holds up to 100,000 for each worker, and several copies of each (see memory_plan.cc).
struct ConnectionSummary {
  static constexpr int64_t kUnknown = -1;

  uint64_t id = 0;  // a hash of key and start: two connections share one only by a collision of 64 bits
  Endpoint client;
  Endpoint server;
  // The next two are numbers within whatever holds the summary. From the table: the number in its EncapsulationTable,
  // and DecodedPacket::interface. In a WorkerSnapshot and a Snapshot: the index into its `encapsulations`, where 0 is
  // the empty one, and into its interfaces.
  uint32_t encapsulation = 0;
  uint32_t interface = 0;
  ConnectionState state = ConnectionState::kSynSent;
  Role role = Role::kInferred;
  bool confirmed = false;  // see ConnectionTable; true for all in a snapshot
  DirectionSummary client_sent;
  DirectionSummary server_sent;
  int64_t start_time_ns = 0;  // of the first packet
  int64_t last_packet_time_ns = 0;
  int64_t handshake_rtt_ns = kUnknown;  // from the SYN to the ACK that completes the handshake
  int64_t server_rtt_ns = kUnknown;     // from the SYN to the SYN-ACK; only the log shows this one and the next
  int64_t client_rtt_ns = kUnknown;     // from the SYN-ACK to the ACK
  int64_t rtt_ns = kUnknown;            // smoothed
  // Both directions, over the ranking window: what "heaviest" means. 0 until WorkerPublisher fills it, or the table for
  // one in RecentlyEnded.
  uint64_t window_payload_bytes = 0;
  // The same, more for one that was among the heaviest before, so that near-equal ones do not take turns. 0 until the
  // Collector fills it.
  double rank = 0;

  double payload_bytes_per_second() const {
    return client_sent.payload_bytes_per_second + server_sent.payload_bytes_per_second;
  }
  uint64_t payload_bytes() const { return client_sent.payload_bytes + server_sent.payload_bytes; }
};

// A connection that left the table, with what its ids stood for then.
struct EndedConnection {
  ConnectionSummary summary;
  Encapsulation encapsulation;
  std::optional<EndReason> reason;  // nullopt: still open when the program ended
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_CONNECTION_SUMMARY_H_
