// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_EXCHANGE_H_
#define TCPGAUGE_SRC_FLOW_EXCHANGE_H_

#include <cstdint>

#include "src/decode/decoded_packet.h"
#include "src/flow/connection_record.h"
#include "src/flow/latency_record.h"
#include "src/net/connection_key.h"

namespace tcpgauge {

// An exchange is a request of the client and the server's answer. Its response time is the time from the last segment
// of the request to the first segment of the answer, as they pass the observer. FollowExchange() finds the exchanges of
// a connection from the numbers of its segments. The contents matter only where TLS begins.
//
// Turns. A turn of the client begins with the client's first new payload after an answer, or with its first payload at
// all. The turn lasts until the server answers. ConnectionRecord::is_request_pending is set meanwhile. The request's
// time is that of the turn's last segment which
// - has new payload,
// - has the client's FIN, because a server may wait for the end of the client's data (a half-closed connection), or
// - fills a gap in what the client sent, if the server has not acknowledged that part yet.
// A retransmission changes nothing, so a request that is sent again counts from its first copy.
//
// Answers. The answer is the first segment of the server that has new payload and acknowledges all that the client has
// sent. A segment that acknowledges less was on its way before the whole request arrived. What the server sends without
// a pending request answers nothing: a greeting, a push, or the rest of an answer.
//
// So the response time is correct if the client waits for each answer. The response time of a long poll is as long as
// the poll. An interim answer (100 Continue) ends an exchange, and the body after it is another request. If the client
// sends the next request before the answer (pipelining), all these requests are one turn. The response time of this
// turn is too small, because it is measured from the last request to the first answer. A server that streams all the
// time seems to answer at once.
//
// TLS. The turns of a TLS handshake are not exchanges. PayloadStart tells how a turn begins:
// - A ClientHello begins a handshake in any turn, because another protocol may come first (STARTTLS). The handshake is
//   then unfinished. Usually the ClientHello begins the turn. It may also follow other bytes of the turn in a segment
//   of its own (MySQL), or a header of the PROXY protocol in the same segment.
// - While the handshake is unfinished, no turn is an exchange. A turn with another ClientHello (the answer to a
//   HelloRetryRequest) leaves the handshake unfinished. A turn without a ClientHello finishes it, because this turn
//   holds the client's Finished message. In TLS 1.3, and in resumed sessions of TLS 1.2, the finishing turn may hold
//   the first request too. That request is then not counted.
// - After the client's Finished, a server of TLS 1.3 sends session tickets, which look like an answer. Some of them may
//   come after the first request. So the turn of the first request is not an exchange either. Exception: a finishing
//   turn that begins with a handshake record is that of a full handshake of TLS 1.2. The next turn can then be an
//   exchange.
// - The first request is in the finishing turn if application data begins another segment of that turn, after the
//   Finished. Otherwise the first request is the next turn.
// - Once the handshake is finished, a turn is an exchange only if it begins with application data. So a renegotiation
//   is not an exchange, and neither is a close_notify. An alert of the server is not an answer, because servers send an
//   alert after a last message that asks nothing (PostgreSQL's Terminate).
// - Without a ClientHello, a turn that begins with a record of TLS other than application data is not an exchange.
// - A turn is in doubt in two cases: its first bytes were not captured or come after a gap, or it begins with
//   application data and no ClientHello was seen. A turn in doubt is an exchange only if the connection has had
//   kTurnsOfHandshake turns before. For application data of a midstream connection, one turn before is enough, because
//   its handshake is probably over.
//
// Only confirmed connections have exchanges (see ConnectionTable). Their client does not change any more.

// The turns of the longest usual handshake: ClientHello; then ClientKeyExchange or, after a HelloRetryRequest, another
// ClientHello.
constexpr int kTurnsOfHandshake = 2;

// The result of FollowExchange() for a segment that ends no exchange.
constexpr int64_t kNoResponse = -1;

// What an end had sent before the segment that FollowExchange() handles.
struct SentBefore {
  bool is_known;                   // EndRecord::kSeen
  uint32_t next_sequence;          // EndRecord::next_sequence; valid if is_known
  uint32_t out_of_order_segments;  // EndRecord::out_of_order_segments

  static SentBefore Of(const EndRecord& end) {
    return {end.has(EndRecord::kSeen), end.next_sequence, end.out_of_order_segments};
  }
};

// Whether FollowExchange() has to be called for a segment. False for most segments of the server, which then need no
// LatencyRecord.
inline bool MayBelongToExchange(const DecodedPacket& segment, bool from_client, const ConnectionRecord& record) {
  if (segment.payload_length_bytes > 0) return from_client || record.is_request_pending;
  return from_client && record.is_request_pending && (segment.tcp_flags & kTcpFin) != 0;
}

// Follows the exchanges of a connection through one more segment. If the segment is the answer of an exchange, adds the
// exchange to `*latency`, and returns its response time in nanoseconds, at least 0. Otherwise returns kNoResponse. A
// std::optional is not used: the compiled code stored and loaded it in pieces of different sizes, which took half of
// this function's time.
//
// `segment` came from `sender` at `time_ns` (table time). `before` is what the sender had sent before, and `*record`
// has been updated by AnalyzeSegment(). `*latency` belongs to the same connection.
//
// Call it for each segment of a confirmed connection for which MayBelongToExchange() holds, in the order of capture.
// REQUIRES: segment.kind is kTcpSegment, and the header is not broken.
//
// The smoothed response time is an average like SRTT (RFC 6298 section 2), with its factor of 1/8.
int64_t FollowExchange(const DecodedPacket& segment, End sender, int64_t time_ns, const SentBefore& before,
                       ConnectionRecord* record, LatencyRecord* latency);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_EXCHANGE_H_
