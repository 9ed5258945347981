// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_CONNECTION_SUMMARY_H_
#define TCPGAUGE_SRC_FLOW_CONNECTION_SUMMARY_H_

#include <cstdint>
#include <optional>

#include "src/net/connection_state.h"
#include "src/net/encapsulation.h"
#include "src/net/endpoint.h"

namespace tcpgauge {

struct EndSummary {
  Endpoint endpoint;
  uint64_t packets = 0;
  uint64_t payload_bytes = 0;
  uint64_t ip_bytes = 0;
  uint32_t retransmitted_segments = 0;
  uint32_t out_of_order_segments = 0;
  uint32_t zero_windows = 0;
};

// All that is known of one connection, as a value: what is copied out of the table.
// Times: nanoseconds of the Unix epoch; durations in nanoseconds, kUnknown where not observed.
struct ConnectionSummary {
  static constexpr int64_t kUnknown = -1;

  uint64_t id = 0;
  EndSummary client;
  EndSummary server;
  uint32_t encapsulation = 0;  // id of the table's EncapsulationTable
  uint16_t interface = 0;
  ConnectionState state = ConnectionState::kSynSent;
  Role role = Role::kInferred;
  bool confirmed = false;
  int64_t start_time_ns = 0;
  int64_t last_packet_time_ns = 0;
  int64_t handshake_rtt_ns = kUnknown;
  int64_t server_rtt_ns = kUnknown;
  int64_t client_rtt_ns = kUnknown;
  int64_t rtt_ns = kUnknown;
};

// A connection that left the table, with what its ids stood for then.
struct EndedConnection {
  ConnectionSummary summary;
  Encapsulation encapsulation;
  std::optional<EndReason> reason;  // nullopt: still open when the program ended
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_CONNECTION_SUMMARY_H_
