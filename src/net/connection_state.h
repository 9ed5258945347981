// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_NET_CONNECTION_STATE_H_
#define TCPGAUGE_SRC_NET_CONNECTION_STATE_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace tcpgauge {

// The state of a connection, as an observer between its two ends can know it. RFC 9293 section 3.3.2 has the states of
// one end.
enum class ConnectionState : uint8_t {
  kSynSent,      // one end sent a SYN
  kSynReceived,  // the other end answered with a SYN-ACK or, in a simultaneous open, with a SYN
  kEstablished,  // the handshake is over, whether or not all of it was captured
  kClosing,      // at least one end sent a FIN
  kClosed,       // both ends sent a FIN, and both FINs were acknowledged
  kReset,        // an end sent a RST
};
constexpr size_t kConnectionStateCount = 6;

// Whether a connection in this state is open: neither closed nor reset.
constexpr bool IsOpen(ConnectionState state) { return state < ConnectionState::kClosed; }
static_assert(ConnectionState::kReset > ConnectionState::kClosed, "for IsOpen()");

// The state as text: "syn_sent", "syn_received", "established", "closing", "closed" or "reset". Metrics and the
// connection log show it, so users depend on it.
std::string_view ConnectionStateName(ConnectionState state);

// How it is known which end of a connection is the client.
// - kInferred: neither a SYN nor a SYN-ACK was seen. The client is inferred from known servers and from the ports.
// - kObserved: a SYN or a SYN-ACK was seen.
enum class Role : uint8_t { kInferred, kObserved };

// The role as text: "inferred" or "observed".
std::string_view RoleName(Role role);

// Why a connection is no longer tracked. If the connection timed out, or gave way to a new connection with the same
// 4-tuple, its last state decides:
// - kFin: the state is kClosing or kClosed.
// - kRefused: the state is kReset, and the RST was the server's answer to the SYN.
// - kReset: the state is kReset after any other RST.
// - kHandshakeTimeout: the state is kSynSent or kSynReceived.
// - kIdleTimeout: the state is kEstablished.
//
// kEvicted is possible in any state: a full table removed the connection to make room for another. A connection that is
// still tracked when the agent ends has no EndReason.
enum class EndReason : uint8_t { kFin, kReset, kRefused, kHandshakeTimeout, kIdleTimeout, kEvicted };
constexpr size_t kEndReasonCount = 6;

// The reason as text: "fin", "reset", "refused", "handshake_timeout", "idle_timeout" or "evicted".
std::string_view EndReasonName(EndReason reason);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_NET_CONNECTION_STATE_H_
