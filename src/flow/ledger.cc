// SPDX-License-Identifier: Apache-2.0
#include "src/flow/ledger.h"

#include <utility>

#include "src/base/time_units.h"
#include "src/flow/edge_renamer.h"
#include "src/flow/interface_pins.h"
#include "src/net/connection_state.h"

namespace tcpgauge {

EdgeBinding Ledger::OpenNamedEdge(const ConnectionKey& key, End client, int64_t begun_ns, int64_t now_ns) {
  EdgeBinding bound;
  bound.binding = names_.Bind(key.endpoint(client), key.endpoint(OtherEnd(client)), begun_ns, now_ns);
  if (edges_ == nullptr) return bound;
  const BoundEdge edge = edges_->WithCell(EdgeOf(key, client, bound));
  edges_->Open(edge, now_ns);
  return edge.bound;
}

void Ledger::OpenEdge(size_t interface, int64_t begun_ns, int64_t now_ns, ConnectionRecord* record) {
  const uint16_t syn_retransmissions = record->pending_edge.syn_retransmissions;
  record->edge = EdgeTable::kNone;
  record->is_edge_pending = false;
  record->bound = OpenEdge(record->key, record->client_end(), interface, begun_ns, now_ns);
  if (edges_ == nullptr || syn_retransmissions == 0) return;
  interfaces_.Of(interface).syn_retransmissions += syn_retransmissions;
  edges_->CreditSynRetransmissions(EdgeTable::kNone, EdgeOf(record->key, record->client_end(), record->bound),
                                   syn_retransmissions, now_ns);
}

void Ledger::BindAgain(const ConnectionKey& key, End client, int64_t begun_ns, int64_t now_ns, EdgeTable::Slot* edge,
                       EdgeBinding* bound) {
  const BindingTable::Id binding =
      names_.BindAgain(bound->binding, key.endpoint(client), key.endpoint(OtherEnd(client)), begun_ns, now_ns);
  if (binding == bound->binding) return;
  CloseEdge(key, client, *edge, *bound);
  Release(bound);
  bound->binding = binding;
  *edge = EdgeTable::kNone;
  if (edges_ == nullptr) return;
  const BoundEdge reopened = edges_->WithCell(EdgeOf(key, client, *bound));
  *bound = reopened.bound;
  edges_->Reopen(*edge, reopened);
}

void Ledger::ReleaseNames(EdgeBinding* bound) {
  names_.bindings().Release(bound->binding);
  if (edges_ != nullptr) edges_->ReleaseCell(*bound);
  *bound = EdgeBinding();
}

void Ledger::SetIdentities(std::shared_ptr<const IdentityMap> map, int64_t sockets_read_ns, int64_t now_ns) {
  if (edges_ == nullptr) {
    names_.finder().Set(std::move(map), sockets_read_ns);
    return;
  }
  EdgeRenamer renamer(names_.finder(), edges_.get());
  names_.finder().Set(std::move(map), sockets_read_ns);
  renamer.Rename(names_.finder(), now_ns);
}

void Ledger::Close(const Ended& connection, int64_t now_ns) {
  ++totals_.closed[static_cast<size_t>(connection.reason)];
  totals_.connection_duration_seconds.Observe(ToSeconds(connection.duration_ns));
  totals_.connection_payload_bytes.Observe(static_cast<double>(connection.payload_bytes));
  if (edges_ == nullptr) return;
  if (connection.reason == EndReason::kRefused || connection.reason == EndReason::kHandshakeTimeout) {
    EdgeCounters& interface = interfaces_.Of(connection.interface);
    ++(connection.reason == EndReason::kRefused ? interface.connections_refused : interface.connections_timed_out);
    edges_->CreditFailure(connection.edge, EdgeOf(connection.key, connection.client, connection.bound),
                          connection.reason, now_ns);
  }
}

Totals Ledger::told_totals() const {
  Totals told = totals_;
  if (edges_ == nullptr) return told;
  told.client_payload_bytes = told_.client_payload_bytes;
  told.server_payload_bytes = told_.server_payload_bytes;
  told.segments = told_.segments;
  return told;
}

void Ledger::CountLosses(bool of_client, const LossCounts& losses) {
  (of_client ? totals_.client_retransmitted_segments : totals_.server_retransmitted_segments) +=
      losses.retransmitted_segments;
  totals_.out_of_order_segments += losses.out_of_order_segments;
  totals_.zero_windows += losses.zero_windows;
}

void Ledger::TellEdge(const EdgeTraffic& traffic, int64_t now_ns, ConnectionRecord* record) {
  told_.client_payload_bytes += traffic.client_payload_bytes;
  told_.server_payload_bytes += traffic.server_payload_bytes;
  told_.segments += traffic.segments;
  EdgeCounters& interface = interfaces_.Of(InterfacePins::InterfaceOf(*record));
  interface.client_payload_bytes += traffic.client_payload_bytes;
  interface.server_payload_bytes += traffic.server_payload_bytes;
  interface.segments += traffic.segments;
  interface.retransmitted_segments += traffic.retransmitted_segments;
  interface.out_of_order_segments += traffic.out_of_order_segments;
  const End client = record->client_end();
  if (!record->has(ConnectionRecord::kConfirmed) || record->is_edge_pending) {
    CreditUnopened(record->key, client, traffic, now_ns);
    return;
  }
  const Endpoint& server = record->key.endpoint(OtherEnd(client));
  const IpAddress& address = client == End::kA ? record->key.address_a : record->key.address_b;
  if (edges_->CreditHeld(record->edge, address, server, record->bound, traffic, now_ns)) return;
  const BoundEdge edge = EdgeOf(record->key, client, record->bound);
  record->bound = edges_->Credit(&record->edge, edge, IsOpen(record->state), traffic, now_ns);
}

void Ledger::CreditUnopened(const ConnectionKey& key, End client, const EdgeTraffic& traffic, int64_t now_ns) {
  const Endpoint of_client = key.endpoint(client);
  const Endpoint server = key.endpoint(OtherEnd(client));
  Binding binding;
  if (names_.finder().is_on()) binding = names_.finder().Find(of_client, server, /*begun_ns=*/now_ns, now_ns);
  edges_->CreditUnopened(edges_->KeyOf(of_client.address, server, binding), binding, traffic);
}

void Ledger::CreditSynRetransmission(int64_t now_ns, ConnectionRecord* record) {
  ++totals_.syn_retransmissions;
  if (record->is_edge_pending) {
    ++record->pending_edge.syn_retransmissions;
  } else if (edges_ != nullptr) {
    ++interfaces_.Of(InterfacePins::InterfaceOf(*record)).syn_retransmissions;
    edges_->CreditSynRetransmissions(record->edge, EdgeOf(record->key, record->client_end(), record->bound), 1, now_ns);
  }
}

void Ledger::CreditAll(int64_t now_ns, ConnectionRecord* record) {
  EdgeTraffic traffic;
  for (const bool of_client : {true, false}) {
    const EndRecord& end = of_client ? record->client() : record->server();
    const LossCounts losses = LossCounts::Of(end);
    uint32_t segments = end.untold_segments;
    if (record->has(ConnectionRecord::kDoubtful)) segments += end.retransmitted_segments;
    Count(of_client, end.payload_bytes, segments, losses);
    (of_client ? traffic.client_payload_bytes : traffic.server_payload_bytes) = end.payload_bytes;
    traffic.segments += segments;
    traffic.retransmitted_segments += losses.retransmitted_segments;
    traffic.out_of_order_segments += losses.out_of_order_segments;
  }
  if (edges_ != nullptr && !traffic.IsZero()) TellEdge(traffic, now_ns, record);
}

void Ledger::CreditHandshake(int64_t rtt_ns, ConnectionRecord* record) {
  const double rtt_seconds = ToSeconds(rtt_ns);
  totals_.handshake_rtt_seconds.Observe(rtt_seconds);
  if (edges_ == nullptr) return;
  EdgeCounters& interface = interfaces_.Of(InterfacePins::InterfaceOf(*record));
  ++interface.handshake_rtt_count;
  interface.handshake_rtt_sum_seconds += rtt_seconds;
  record->bound =
      edges_->CreditHandshake(&record->edge, EdgeOf(record->key, record->client_end(), record->bound), rtt_seconds);
}

void Ledger::CreditResponse(int64_t response_ns, const ConnectionRecord& record) {
  const double response_seconds = ToSeconds(response_ns);
  totals_.response_seconds.Observe(response_seconds);
  if (edges_ == nullptr) return;
  EdgeCounters& interface = interfaces_.Of(InterfacePins::InterfaceOf(record));
  ++interface.response_count;
  interface.response_sum_seconds += response_seconds;
  const End client = record.client_end();
  const IpAddress& address = client == End::kA ? record.key.address_a : record.key.address_b;
  edges_->CreditResponse(record.edge, address, record.key.endpoint(OtherEnd(client)), record.bound, response_seconds);
}

}  // namespace tcpgauge
