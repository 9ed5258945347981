// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_NET_CONNECTION_STATE_H_
#define TCPGAUGE_SRC_NET_CONNECTION_STATE_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace tcpgauge {

// A connection's state as an observer between its two ends can know it (after RFC 9293 section 3.3.2).
enum class ConnectionState : uint8_t {
  kSynSent,      // one end sent a SYN
  kSynReceived,  // the other end answered with a SYN-ACK
  kEstablished,
  kClosing,  // at least one end sent a FIN
  kClosed,   // both ends sent a FIN, and both FINs were acknowledged
  kReset,    // an end sent a RST
};
constexpr size_t kConnectionStateCount = 6;

// "syn_sent" … "reset": as in the metrics' label and in the connection log.
std::string_view ConnectionStateName(ConnectionState state);

// How the client is known: kObserved from the handshake, kInferred without it.
enum class Role : uint8_t { kInferred, kObserved };

// "inferred" or "observed".
std::string_view RoleName(Role role);

// Why a connection is no longer tracked.
enum class EndReason : uint8_t { kFin, kReset, kRefused, kHandshakeTimeout, kIdleTimeout, kEvicted };
constexpr size_t kEndReasonCount = 6;

// "fin" … "evicted".
std::string_view EndReasonName(EndReason reason);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_NET_CONNECTION_STATE_H_
