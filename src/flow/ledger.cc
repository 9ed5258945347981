// SPDX-License-Identifier: Apache-2.0
#include "src/flow/ledger.h"

#include "src/base/time_units.h"
#include "src/net/connection_state.h"

namespace tcpgauge {

void Ledger::OpenEdge(int64_t now_ns, ConnectionRecord* record) {
  const uint16_t syn_retransmissions = record->pending_edge.syn_retransmissions;
  record->edge = EdgeTable::kNone;
  record->is_edge_pending = false;
  OpenEdge(record->key, record->client_end(), now_ns);
  if (edges_ == nullptr || syn_retransmissions == 0) return;
  edges_->CreditSynRetransmissions(EdgeTable::kNone, EdgeKeyOf(record->key, record->client_end()), syn_retransmissions,
                                   now_ns);
}

void Ledger::Close(const Ended& connection, int64_t now_ns) {
  ++totals_.closed[static_cast<size_t>(connection.reason)];
  totals_.connection_duration_seconds.Observe(kSecondsPerNanosecond * static_cast<double>(connection.duration_ns));
  totals_.connection_payload_bytes.Observe(static_cast<double>(connection.payload_bytes));
  if (edges_ == nullptr) return;
  if (connection.reason == EndReason::kRefused || connection.reason == EndReason::kHandshakeTimeout) {
    edges_->CreditFailure(connection.edge, EdgeKeyOf(connection.key, connection.client), connection.reason, now_ns);
  }
}

void Ledger::CreditNonzero(bool of_client, uint64_t payload_bytes, uint32_t segments, const LossCounts& losses,
                           int64_t now_ns, ConnectionRecord* record) {
  (of_client ? totals_.client_payload_bytes : totals_.server_payload_bytes) += payload_bytes;
  (of_client ? totals_.client_retransmitted_segments : totals_.server_retransmitted_segments) +=
      losses.retransmitted_segments;
  totals_.segments += segments;
  totals_.out_of_order_segments += losses.out_of_order_segments;
  totals_.zero_windows += losses.zero_windows;
  if (edges_ == nullptr) return;
  const EdgeTraffic traffic{of_client, payload_bytes, segments, losses.retransmitted_segments,
                            losses.out_of_order_segments};
  const End client = record->client_end();
  if (!record->has(ConnectionRecord::kConfirmed) || record->is_edge_pending) {
    edges_->CreditUnopened(EdgeKeyOf(record->key, client), traffic);
    return;
  }
  const Endpoint server = record->key.endpoint(OtherEnd(client));
  if (edges_->CreditHeld(record->edge, record->key.endpoint(client).address, server, traffic, now_ns)) return;
  edges_->Credit(&record->edge, EdgeKeyOf(record->key, client), IsOpen(record->state), traffic, now_ns);
}

void Ledger::CreditSynRetransmission(int64_t now_ns, ConnectionRecord* record) {
  ++totals_.syn_retransmissions;
  if (record->is_edge_pending) {
    ++record->pending_edge.syn_retransmissions;
  } else if (edges_ != nullptr) {
    edges_->CreditSynRetransmissions(record->edge, EdgeKeyOf(record->key, record->client_end()), 1, now_ns);
  }
}

void Ledger::CreditAll(int64_t now_ns, ConnectionRecord* record) {
  for (const bool of_client : {true, false}) {
    const EndRecord& end = of_client ? record->client() : record->server();
    uint32_t segments = end.payload_segments;
    if (record->has(ConnectionRecord::kDoubtful)) segments += end.retransmitted_segments;
    Credit(of_client, end.payload_bytes, segments, LossCounts::Of(end), now_ns, record);
  }
}

void Ledger::CreditHandshake(int64_t rtt_ns, ConnectionRecord* record) {
  const double rtt_seconds = kSecondsPerNanosecond * static_cast<double>(rtt_ns);
  totals_.handshake_rtt_seconds.Observe(rtt_seconds);
  if (edges_ == nullptr) return;
  edges_->CreditHandshake(&record->edge, EdgeKeyOf(record->key, record->client_end()), rtt_seconds);
}

}  // namespace tcpgauge
