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
  uint64_t ip_bytes = 0;       // IP datagrams, their headers included
  uint32_t retransmitted_segments = 0;
  uint32_t out_of_order_segments = 0;
  uint32_t zero_windows = 0;
  double payload_bytes_per_second = 0;  // over the rate window; 0 until WorkerPublisher fills it
};

// Everything that is known about one connection, as a value that does not need the table any more. The table fills it,
// and publisher, collector, snapshot, log and all outputs use this same type.
//
// Units: times are nanoseconds since the Unix epoch; durations are nanoseconds, kUnknown when not observed.
// Size: keep it small. A snapshot holds up to 100,000 summaries for each worker, and each exists in several copies (see
// memory_plan.cc).
struct ConnectionSummary {
  static constexpr int64_t kUnknown = -1;

  uint64_t id = 0;  // a hash of key and start; two connections share an id only when 64-bit hashes collide
  Endpoint client;
  Endpoint server;
  // The meaning of the next two numbers depends on the holder of the summary. From the table: an id of its
  // EncapsulationTable, and DecodedPacket::interface. In a WorkerSnapshot and a Snapshot: an index into its
  // `encapsulations`, where [0] is the empty one, and an index into its interfaces.
  uint32_t encapsulation = 0;
  uint32_t interface = 0;
  ConnectionState state = ConnectionState::kSynSent;
  Role role = Role::kInferred;
  bool confirmed = false;  // see ConnectionTable; a snapshot contains only confirmed connections
  DirectionSummary client_sent;
  DirectionSummary server_sent;
  int64_t start_time_ns = 0;  // of the first packet
  int64_t last_packet_time_ns = 0;
  int64_t handshake_rtt_ns = kUnknown;  // from the SYN to the ACK that completes the handshake
  int64_t server_rtt_ns = kUnknown;     // from the SYN to the SYN-ACK; shown only by the log
  int64_t client_rtt_ns = kUnknown;     // from the SYN-ACK to the ACK; shown only by the log
  int64_t rtt_ns = kUnknown;            // smoothed, between the two ends
  // Payload of both directions over the ranking window. The heaviest connection is the one with the most. 0 until
  // WorkerPublisher fills it; the table itself fills it for RecentlyEnded.
  uint64_t window_payload_bytes = 0;
  // window_payload_bytes, increased for a connection that was among the heaviest before, so that near-equal connections
  // do not take turns. 0 until the Collector fills it.
  double rank = 0;

  double payload_bytes_per_second() const {
    return client_sent.payload_bytes_per_second + server_sent.payload_bytes_per_second;
  }
  uint64_t payload_bytes() const { return client_sent.payload_bytes + server_sent.payload_bytes; }
};

// A connection that left the table. `encapsulation` is the one that summary.encapsulation named at that moment.
struct EndedConnection {
  ConnectionSummary summary;
  Encapsulation encapsulation;
  std::optional<EndReason> reason;  // nullopt: still open when the program ended
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_CONNECTION_SUMMARY_H_
