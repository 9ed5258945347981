// SPDX-License-Identifier: Apache-2.0
#include "src/flow/ledger.h"

#include "src/base/time_units.h"

namespace tcpgauge {

void Ledger::Close(const Ended& connection, int64_t now_ns) {
  ++totals_.closed[static_cast<size_t>(connection.reason)];
  totals_.connection_duration_seconds.Observe(kSecondsPerNanosecond * static_cast<double>(connection.duration_ns));
  totals_.connection_payload_bytes.Observe(static_cast<double>(connection.payload_bytes));
  if (edges_ == nullptr) return;
  const EdgeKey edge = EdgeKeyOf(connection.key, connection.client);
  edges_->Close(connection.edge, edge);
  if (connection.reason == EndReason::kRefused || connection.reason == EndReason::kHandshakeTimeout) {
    edges_->CreditFailure(connection.edge, edge, connection.reason, now_ns);
  }
}

void Ledger::CreditNonzero(bool of_client, uint64_t payload_bytes, const LossCounts& losses, int64_t now_ns,
                           ConnectionRecord* record) {
  (of_client ? totals_.client_payload_bytes : totals_.server_payload_bytes) += payload_bytes;
  (of_client ? totals_.client_retransmitted_segments : totals_.server_retransmitted_segments) +=
      losses.retransmitted_segments;
  totals_.out_of_order_segments += losses.out_of_order_segments;
  totals_.zero_windows += losses.zero_windows;
  if (edges_ == nullptr) return;
  const EdgeKey edge = EdgeKeyOf(record->key, record->client_end());
  const EdgeTraffic traffic{of_client, payload_bytes, /*segments=*/0, losses.retransmitted_segments,
                            losses.out_of_order_segments};
  if (record->has(ConnectionRecord::kConfirmed) && !record->is_edge_pending) {
    edges_->Credit(&record->edge, edge, /*is_open=*/true, traffic, now_ns);
  } else {
    edges_->CreditUnopened(edge, traffic);
  }
}

void Ledger::CreditAll(int64_t now_ns, ConnectionRecord* record) {
  Credit(true, record->client().payload_bytes, LossCounts::Of(record->client()), now_ns, record);
  Credit(false, record->server().payload_bytes, LossCounts::Of(record->server()), now_ns, record);
}

void Ledger::CreditHandshake(int64_t rtt_ns, ConnectionRecord* record) {
  const double rtt_seconds = kSecondsPerNanosecond * static_cast<double>(rtt_ns);
  totals_.handshake_rtt_seconds.Observe(rtt_seconds);
  if (edges_ == nullptr) return;
  edges_->CreditHandshake(&record->edge, EdgeKeyOf(record->key, record->client_end()), rtt_seconds);
}

}  // namespace tcpgauge
