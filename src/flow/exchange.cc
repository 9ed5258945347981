// SPDX-License-Identifier: Apache-2.0
#include "src/flow/exchange.h"

#include <algorithm>
#include <cstddef>

#include "src/base/time_units.h"
#include "src/decode/payload_start.h"
#include "src/flow/sequence.h"

namespace tcpgauge {
namespace {

using TlsHandshake = LatencyRecord::TlsHandshake;

constexpr size_t kChangeCipherSpecBytes = 6;  // the record with its header (RFC 8446 section 5)

bool HasClientHello(PayloadStart start) {
  return start == PayloadStart::kClientHello || start == PayloadStart::kChangeCipherSpecAndClientHello;
}

// Whether the turn that begins with `start` is an exchange. `latency` is as the turn before has left it.
bool IsExchange(PayloadStart start, bool is_midstream, const LatencyRecord& latency) {
  if (latency.tls != TlsHandshake::kNone && latency.tls != TlsHandshake::kFinished) return false;
  switch (start) {
    case PayloadStart::kOther:
      return latency.tls == TlsHandshake::kNone;
    case PayloadStart::kApplicationData:
      return latency.tls == TlsHandshake::kFinished || latency.turns >= (is_midstream ? 1 : kTurnsOfHandshake);
    case PayloadStart::kNotCaptured:
      return latency.turns >= kTurnsOfHandshake;
    case PayloadStart::kClientHello:
    case PayloadStart::kHandshake:
    case PayloadStart::kChangeCipherSpec:
    case PayloadStart::kChangeCipherSpecAndClientHello:
    case PayloadStart::kAlert:
      return false;
  }
  return false;
}

// Returns how far the handshake is after the first segment of a turn, which has `bytes` of payload. The result has no
// meaning if the segment has a ClientHello, which begins a handshake in any case.
TlsHandshake AfterTurnBegins(TlsHandshake before, PayloadStart start, size_t bytes) {
  switch (before) {
    case TlsHandshake::kNone:
      return TlsHandshake::kNone;
    case TlsHandshake::kUnfinished:
      if (start == PayloadStart::kHandshake) return TlsHandshake::kFinished;
      return start == PayloadStart::kChangeCipherSpec && bytes == kChangeCipherSpecBytes
                 ? TlsHandshake::kBeforeFinished
                 : TlsHandshake::kBeforeFirstRequest;
    case TlsHandshake::kBeforeFinished:
      return TlsHandshake::kBeforeFirstRequest;
    case TlsHandshake::kBeforeFirstRequest:
    case TlsHandshake::kFinished:
      return TlsHandshake::kFinished;
  }
  return before;
}

// The same for a further segment with new payload of a turn.
TlsHandshake AfterTurnGoesOn(TlsHandshake before, PayloadStart start) {
  if (before == TlsHandshake::kBeforeFinished &&
      (start == PayloadStart::kHandshake || start == PayloadStart::kApplicationData)) {
    return TlsHandshake::kBeforeFirstRequest;
  }
  if (before == TlsHandshake::kBeforeFirstRequest && start == PayloadStart::kApplicationData) {
    return TlsHandshake::kFinished;
  }
  return before;
}

void BeginTurn(PayloadStart start, size_t bytes, bool is_midstream, LatencyRecord* latency) {
  latency->is_exchange = IsExchange(start, is_midstream, *latency);
  latency->tls = AfterTurnBegins(latency->tls, start, bytes);
  if (latency->turns < LatencyRecord::kMaxTurns) ++latency->turns;
}

int64_t AddExchange(int64_t answer_time_ns, LatencyRecord* latency) {
  // Packets of several queues may arrive out of order.
  const int64_t response_ns = std::max<int64_t>(latency->SinceRequest(answer_time_ns), 0);
  const float response_us = static_cast<float>(response_ns) / kNanosecondsPerMicrosecond;
  if (latency->responses == 0) {
    latency->smoothed_response_us = response_us;
  } else {
    latency->smoothed_response_us += (response_us - latency->smoothed_response_us) / 8;
  }
  if (latency->responses < UINT32_MAX) ++latency->responses;
  return response_ns;
}

}  // namespace

int64_t FollowExchange(const DecodedPacket& segment, End sender, int64_t time_ns, const SentBefore& before,
                       ConnectionRecord* record, LatencyRecord* latency) {
  const EndRecord& end = record->end(sender);
  const bool syn = (segment.tcp_flags & kTcpSyn) != 0;
  const uint32_t payload_begin = segment.sequence_number + syn;
  const uint32_t payload_end = payload_begin + segment.payload_length_bytes;
  const bool went_on = before.is_known ? end.next_sequence != before.next_sequence : end.has(EndRecord::kSeen);
  const bool has_new_payload = went_on && segment.payload_length_bytes > 0 &&
                               (!before.is_known || SequenceLess(before.next_sequence, payload_end));

  if (sender != record->client_end()) {
    const bool acknowledges_all = (segment.tcp_flags & kTcpAck) != 0 &&
                                  !SequenceLess(segment.acknowledgment_number, record->client().next_sequence);
    const bool is_alert = segment.payload_start == PayloadStart::kAlert;
    if (!has_new_payload || !acknowledges_all || is_alert) return kNoResponse;
    record->is_request_pending = false;
    if (!latency->is_exchange) return kNoResponse;
    return AddExchange(time_ns, latency);
  }

  if (record->is_request_pending) {
    const EndRecord& server = record->server();
    const bool fills_gap = end.out_of_order_segments != before.out_of_order_segments &&
                           !(server.has(EndRecord::kAckSeen) && !SequenceLess(server.last_acknowledgment, payload_end));
    if ((went_on || fills_gap) && latency->SinceRequest(time_ns) > 0) latency->set_request_time_ns(time_ns);
    if (has_new_payload) latency->tls = AfterTurnGoesOn(latency->tls, segment.payload_start);
  } else if (has_new_payload) {
    const bool begins_turn = syn || (before.is_known && payload_begin == before.next_sequence);
    BeginTurn(begins_turn ? segment.payload_start : PayloadStart::kNotCaptured, segment.payload_length_bytes,
              record->has(ConnectionRecord::kMidstream), latency);
    record->is_request_pending = true;
    latency->set_request_time_ns(time_ns);
  }
  if (has_new_payload && HasClientHello(segment.payload_start)) {
    latency->tls = TlsHandshake::kUnfinished;
    latency->is_exchange = false;
  }
  return kNoResponse;
}

}  // namespace tcpgauge
