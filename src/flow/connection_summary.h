// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_CONNECTION_SUMMARY_H_
#define TCPGAUGE_SRC_FLOW_CONNECTION_SUMMARY_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "src/flow/connection_view.h"
#include "src/naming/end_identity.h"
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
  uint32_t zero_windows = 0;            // segments that announced a window of zero
  double payload_bytes_per_second = 0;  // over the last rate window; 0 until WorkerPublisher fills it
};

// A copy of everything that is known about one connection, except for its views. ConnectionTable makes the copy, which
// does not depend on the table afterwards. The publisher, the collector, snapshots, the connection log and all outputs
// use this same type.
//
// Units: a time is in nanoseconds since the Unix epoch. A duration is in nanoseconds, or kUnknown if it was not
// observed. Size: keep it small. A snapshot holds up to 100,000 summaries of each worker, and each summary exists in
// several copies (see memory_plan.h).
struct ConnectionSummary {
  static constexpr int64_t kUnknown = -1;

  // A hash of key and start time. Differs between connections unless 64-bit hashes collide. Changes if the connection
  // is shown with other addresses once it is answered or confirmed (see Addresses in ConnectionTable).
  uint64_t id = 0;
  Endpoint client;
  Endpoint server;
  // The server's address and port as the client addressed it, for example those of a Kubernetes service. Equals
  // `server` if no translation of the server's address is known.
  Endpoint service;
  // `encapsulation` is that of the connection's own key. `interface` is the interface on which the client's packets are
  // counted or, if no packet of the client was captured, the server's packets. What the two numbers mean depends on
  // where the summary is:
  // - From the table: `encapsulation` is an id of the table's EncapsulationTable. `interface` is the
  //   DecodedPacket::interface that ConnectionTable::Apply() was given, at most ConnectionTable::kMaxInterfaces - 1.
  // - In a WorkerSnapshot or a Snapshot: `encapsulation` is an index into the snapshot's `encapsulations`, of which [0]
  //   is the empty one. `interface` is an index into the snapshot's interfaces.
  uint32_t encapsulation = 0;
  uint32_t interface = 0;
  // The identities of the two ends. In a WorkerSnapshot or a Snapshot, they are indexes into the snapshot's
  // `identities`, of which [0] is an unknown identity. Elsewhere they are 0: ConnectionTable::EndsOf() and
  // EndedConnection tell the identities.
  uint32_t client_identity = 0;
  uint32_t server_identity = 0;
  // The views of the connection, in no order. In a WorkerSnapshot or a Snapshot, they are view_count elements of the
  // snapshot's `views`, from the index first_view on. view_count is 0 in these cases:
  // - The connection has only one view.
  // - The list `views` was full (see ViewRanges).
  // - The summary is one of the ended connections of a snapshot.
  // - The summary comes from the table, which lists the views separately (ConnectionTable::AppendViews()).
  uint32_t first_view = 0;
  uint8_t view_count = 0;
  ConnectionState state = ConnectionState::kSynSent;
  Role role = Role::kInferred;
  bool confirmed = false;  // see ConnectionTable; true for every connection of a snapshot
  DirectionSummary client_sent;
  DirectionSummary server_sent;
  int64_t start_time_ns = 0;  // when the first packet came
  int64_t last_packet_time_ns = 0;
  int64_t handshake_rtt_ns = kUnknown;  // from the SYN to the ACK that completes the handshake
  int64_t server_rtt_ns = kUnknown;     // from the SYN to the SYN-ACK; only the log shows it
  int64_t client_rtt_ns = kUnknown;     // from the SYN-ACK to the ACK; only the log shows it
  // The smoothed round-trip time between the two ends: the sum of the times from the observer to each end and back. An
  // end without a sample adds nothing, so the sum is too small while only one end has samples.
  int64_t rtt_ns = kUnknown;
  // The two halves of the least round-trip time: from the observer to the server and back, and from the observer to the
  // client and back. Each is the least of the samples of the last 30 to 60 s. While no new sample comes, the earlier
  // value stays (see RttMinimum). A delayed acknowledgment can raise `rtt_ns`, but not these two (see RttSample).
  int64_t server_min_rtt_ns = kUnknown;
  int64_t client_min_rtt_ns = kUnknown;
  // The number of exchanges of a request and its answer. `response_ns` is their smoothed response time: from the last
  // segment of the client's request to the first segment of the server's answer. kUnknown if there was no exchange.
  uint32_t responses = 0;
  int64_t response_ns = kUnknown;
  // The connection's weight: payload of both directions, of which older bytes weigh less. A byte that is t old weighs
  // exp(-t / ranking window) (see PayloadWindows). The heaviest connection is the one with the greatest weight. The
  // table fills in this number for RecentlyEnded, and WorkerPublisher for the rows of a snapshot. In other summaries it
  // is 0.
  uint64_t window_payload_bytes = 0;
  // The number by which snapshots are ordered: window_payload_bytes, increased if the connection was among the heaviest
  // in the previous snapshot. Without the increase, connections of nearly equal weight would take turns at the top. 0
  // until the Collector fills it.
  double rank = 0;

  double payload_bytes_per_second() const {
    return client_sent.payload_bytes_per_second + server_sent.payload_bytes_per_second;
  }
  // The least round-trip time between the two ends. kUnknown unless both halves are known.
  int64_t min_rtt_ns() const {
    const bool is_known = server_min_rtt_ns != kUnknown && client_min_rtt_ns != kUnknown;
    return is_known ? server_min_rtt_ns + client_min_rtt_ns : kUnknown;
  }
  uint64_t payload_bytes() const { return client_sent.payload_bytes + server_sent.payload_bytes; }
};

// A connection that left the table.
struct EndedConnection {
  ConnectionSummary summary;
  Encapsulation encapsulation;          // what summary.encapsulation stood for when the connection ended
  std::optional<EndReason> reason;      // nullopt: the connection was still in the table when the program ended
  std::vector<ConnectionView> views{};  // empty if the connection has only one view
  // What the `encapsulation` of each view stood for when the connection ended. As long as `views`.
  std::vector<Encapsulation> view_encapsulations{};
  IdentityRef client{};  // who is at the ends; null: unknown
  IdentityRef server{};
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_CONNECTION_SUMMARY_H_
