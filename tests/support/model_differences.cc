// SPDX-License-Identifier: Apache-2.0
// ModelTable's methods that compare it with the table.
#include <algorithm>
#include <cmath>

#include "tests/support/edge_sums.h"
#include "tests/support/model_table.h"
#include "tests/support/segment.h"

namespace tcpgauge {
namespace {

template <typename T>
std::string Differ(const char* name, const T& model, const T& table) {
  if (model == table) return "";
  return std::string(name) + " " + std::to_string(model) + " but in the table " + std::to_string(table) + "; ";
}

template <typename Bounds>
bool Same(const Histogram<Bounds>& a, const Histogram<Bounds>& b) {
  return a.counts == b.counts && std::abs(a.sum - b.sum) <= 1e-6 * (1 + std::abs(a.sum));
}

}  // namespace

std::string ModelTable::Differences(const Connection& c, const ConnectionSummary& summary) const {
  const Peer& client = c.ends[static_cast<size_t>(c.client)];
  const Peer& server = c.ends[static_cast<size_t>(1 - c.client)];
  if (client.endpoint != summary.client || server.endpoint != summary.server) {
    return client.endpoint.ToString() + " > " + server.endpoint.ToString() + " but in the table " +
           summary.client.ToString() + " > " + summary.server.ToString() + "; ";
  }
  std::string all;
  const auto compare_end = [&all](const std::string& who, const Peer& end, const DirectionSummary& in_table) {
    all += Differ((who + " packets").c_str(), end.packets, in_table.packets);
    all += Differ((who + " payload").c_str(), end.payload_bytes, in_table.payload_bytes);
    all += Differ((who + " IP bytes").c_str(), end.ip_bytes, in_table.ip_bytes);
    all += Differ((who + " retransmitted").c_str(), end.retransmitted, in_table.retransmitted_segments);
    all += Differ((who + " out of order").c_str(), end.out_of_order, in_table.out_of_order_segments);
    all += Differ((who + " zero windows").c_str(), end.zero_windows, in_table.zero_windows);
  };
  compare_end("client", client, summary.client_sent);
  compare_end("server", server, summary.server_sent);
  all += Differ("state", static_cast<int>(c.state), static_cast<int>(summary.state));
  all += Differ("observed", c.observed, summary.role == Role::kObserved);
  all += Differ("confirmed", c.confirmed, summary.confirmed);
  all += Differ("start", c.start_ns, summary.start_time_ns);
  all += Differ("last packet", c.last_ns, summary.last_packet_time_ns);
  all += Differ("interface", client.pin.value_or(server.pin.value_or(Pin())).interface, size_t{summary.interface});
  if (ServiceOf(c) != summary.service) {
    all += "service " + ServiceOf(c).ToString() + " but in the table " + summary.service.ToString() + "; ";
  }
  const auto between = [](const std::optional<int64_t>& from, const std::optional<int64_t>& to) {
    return from && to ? std::max<int64_t>(*to - *from, 0) : ConnectionSummary::kUnknown;
  };
  all += Differ("server RTT", between(c.syn_ns, c.syn_ack_ns), summary.server_rtt_ns);
  all += Differ("client RTT", between(c.syn_ack_ns, c.ack_ns), summary.client_rtt_ns);
  all += Differ("handshake RTT", c.syn_ack_ns ? between(c.syn_ns, c.ack_ns) : -1, summary.handshake_rtt_ns);
  if (!client.rtt_us && !server.rtt_us) {
    all += Differ("RTT", int64_t{-1}, summary.rtt_ns);
  } else {
    // The table holds eighths of a microsecond, rounded down at each step.
    const double rtt_ns = 1e3 * (client.rtt_us.value_or(0) + server.rtt_us.value_or(0));
    if (std::abs(rtt_ns - static_cast<double>(summary.rtt_ns)) > 2500) {
      all += Differ("RTT", static_cast<int64_t>(rtt_ns), summary.rtt_ns);
    }
  }
  const auto min_rtt_ns = [&](const Peer& end) {
    const std::optional<int64_t> us = end.min_rtt_us();
    return us ? *us * 1000 : ConnectionSummary::kUnknown;
  };
  all += Differ("least RTT to the server", min_rtt_ns(client), summary.server_min_rtt_ns);
  all += Differ("least RTT to the client", min_rtt_ns(server), summary.client_min_rtt_ns);
  all += Differ("responses", c.exchanges.count, summary.responses);
  const double response_ns = c.exchanges.count > 0 ? c.exchanges.smoothed_ns : -1;
  if (std::abs(response_ns - static_cast<double>(summary.response_ns)) > 10 + 1e-4 * response_ns) {
    all += Differ("response time", static_cast<int64_t>(response_ns), summary.response_ns);
  }
  if (!all.empty()) all = client.endpoint.ToString() + " > " + server.endpoint.ToString() + ": " + all;
  return all;
}

ModelTable::Connections::iterator ModelTable::FindShown(const ConnectionSummary& summary,
                                                        const Encapsulation& encapsulation,
                                                        const std::vector<ConnectionView>& views,
                                                        const std::vector<Encapsulation>& view_encapsulations) {
  if (views.empty()) return Find(KeyOf(encapsulation, summary.client, summary.server));
  return Find(KeyOf(view_encapsulations[0], views[0].client, views[0].server));
}

std::string ModelTable::ViewDifferences(const Connection& c, const std::vector<ConnectionView>& views,
                                        const std::vector<Encapsulation>& view_encapsulations) const {
  std::set<std::pair<Key, Endpoint>> in_model;  // with the endpoint of the client
  if (c.views.size() > 1) {
    for (const View& view : c.views) in_model.insert({view.key, view.endpoint(c.client)});
  }
  std::set<std::pair<Key, Endpoint>> in_table;
  for (size_t i = 0; i < views.size(); ++i) {
    in_table.insert({KeyOf(view_encapsulations[i], views[i].client, views[i].server), views[i].client});
  }
  if (in_model == in_table && in_table.size() == views.size()) return "";
  std::string all = "views";
  for (const auto& [key, client] : in_model) all += " " + client.ToString();
  all += " but in the table";
  for (const auto& [key, client] : in_table) all += " " + client.ToString();
  return all + "; ";
}

bool ModelTable::IsStalled(const Connection& c) const {
  const int64_t silent_ns = now_ns_ - c.last_ns;
  bool stalled = false;
  for (const Peer& end : c.ends) {
    if (!end.repeating_since_ns) continue;
    // The table knows the time of the first repetition in microseconds.
    const int64_t repeating_ns = (c.last_ns / 1000 - *end.repeating_since_ns / 1000) * 1000;
    const bool is_alive = silent_ns <= Seconds(125) && silent_ns <= Seconds(10) + 3 * repeating_ns;
    if (repeating_ns + silent_ns >= options_.stall_ns && is_alive) stalled = true;
  }
  return stalled && c.state == ConnectionState::kEstablished;
}

void ModelTable::AddTo(const Connection& c, Totals* totals) const {
  const Peer& client = c.ends[static_cast<size_t>(c.client)];
  const Peer& server = c.ends[static_cast<size_t>(1 - c.client)];
  totals->client_payload_bytes += client.payload_bytes;
  totals->server_payload_bytes += server.payload_bytes;
  totals->segments += static_cast<uint64_t>(client.payload_segments + server.payload_segments);
  totals->client_retransmitted_segments += client.retransmitted;
  totals->server_retransmitted_segments += server.retransmitted;
  totals->out_of_order_segments += client.out_of_order + server.out_of_order;
  totals->zero_windows += client.zero_windows + server.zero_windows;
}

void ModelTable::Compare(const ConnectionTable& table) {
  if (table.now_ns() != now_ns_) return Fail("the time differs");
  if (table.size() != connections_.size() + provisional_.size()) {
    return Fail("has " + std::to_string(connections_.size()) + " connections and " +
                std::to_string(provisional_.size()) + " provisional views, but in the table " +
                std::to_string(table.size()));
  }
  size_t in_use = 0;
  const uint32_t records = table.record_limit();
  const uint32_t embryos = table.embryo_limit() - ConnectionTable::kEmbryoSlots;
  for (uint32_t i = 0; i < records + embryos; ++i) {
    const uint32_t slot = i < records ? i : ConnectionTable::kEmbryoSlots + i - records;
    if (!table.IsInUse(slot)) continue;
    ++in_use;
    const ConnectionSummary summary = table.Summarize(slot);
    const Encapsulation& encapsulation = table.encapsulations().Get(summary.encapsulation);
    if (slot >= ConnectionTable::kEmbryoSlots && !summary.confirmed) {
      if (provisional_.count(KeyOf(encapsulation, summary.client, summary.server)) == 0) {
        return Fail("the table has a provisional view too many: " + summary.client.ToString());
      }
      continue;
    }
    std::vector<ConnectionView> views;
    table.AppendViews(slot, &views);
    std::vector<Encapsulation> view_encapsulations;
    for (const ConnectionView& view : views) {
      view_encapsulations.push_back(table.encapsulations().Get(view.encapsulation));
    }
    const auto found = FindShown(summary, encapsulation, views, view_encapsulations);
    if (found == connections_.end()) {
      return Fail("the table has a connection too many: " + summary.client.ToString() + " > " +
                  summary.server.ToString());
    }
    std::string differences = Differences(found->second, summary);
    differences += ViewDifferences(found->second, views, view_encapsulations);
    differences += Differ("stalled", IsStalled(found->second), table.IsStalled(slot));
    if (!(encapsulation == found->second.encapsulation)) differences += "the encapsulation differs; ";
    if (!differences.empty()) return Fail(differences);
  }
  if (in_use != connections_.size() + provisional_.size()) return Fail("a connection is lost");

  Totals sum = ended_;
  for (const auto& [key, connection] : connections_) {
    if (!connection.confirmed) continue;
    AddTo(connection, &sum);
    ++sum.connections[static_cast<size_t>(connection.state)];
  }
  const Totals& totals = table.totals();
  std::string all;
  all += Differ("client payload", sum.client_payload_bytes, totals.client_payload_bytes);
  all += Differ("server payload", sum.server_payload_bytes, totals.server_payload_bytes);
  all += Differ("segments", sum.segments, totals.segments);
  all += Differ("SYN retransmissions", sum.syn_retransmissions, totals.syn_retransmissions);
  all += Differ("client retransmitted", sum.client_retransmitted_segments, totals.client_retransmitted_segments);
  all += Differ("server retransmitted", sum.server_retransmitted_segments, totals.server_retransmitted_segments);
  all += Differ("out of order", sum.out_of_order_segments, totals.out_of_order_segments);
  all += Differ("zero windows", sum.zero_windows, totals.zero_windows);
  all += Differ("keep-alives", sum.keep_alives, totals.keep_alives);
  all += Differ("window probes", sum.window_probes, totals.window_probes);
  all += Differ("ignored RSTs", sum.resets_ignored, totals.resets_ignored);
  all += Differ("late segments", sum.late_segments, totals.late_segments);
  all += Differ("opened by handshake", sum.opened_handshake, totals.opened_handshake);
  all += Differ("opened midstream", sum.opened_midstream, totals.opened_midstream);
  if (sum.closed != totals.closed) all += "closed differ; ";
  if (sum.connections != totals.connections) all += "connections by state differ; ";
  if (!Same(sum.handshake_rtt_seconds, totals.handshake_rtt_seconds)) all += "handshake RTTs differ; ";
  if (!Same(sum.response_seconds, totals.response_seconds)) all += "response times differ; ";
  if (!Same(sum.connection_duration_seconds, totals.connection_duration_seconds)) all += "durations differ; ";
  if (!Same(sum.connection_payload_bytes, totals.connection_payload_bytes)) all += "payloads differ; ";
  for (size_t i = 0; i < 8; ++i) {
    for (size_t kind = 0; kind < kDuplicateKindCount; ++kind) {
      const std::string name = "duplicates (" + std::string(DuplicateKindName(static_cast<DuplicateKind>(kind))) + ")";
      all += Differ(name.c_str(), duplicates_[i][kind], table.duplicate_packets(i, static_cast<DuplicateKind>(kind)));
    }
  }
  all += Differ("unmatched fragments", unmatched_fragments_, table.unmatched_fragments());
  if (table.edges() != nullptr) all += EdgeDifferences(table);
  if (!all.empty()) Fail("totals: " + all);
}

std::string ModelTable::EdgeDifferences(const ConnectionTable& table) const {
  uint64_t pending = 0;
  uint64_t pending_syns = 0;
  for (const auto& [key, connection] : connections_) {
    if (!connection.awaits_addresses) continue;
    ++pending;
    pending_syns += static_cast<uint64_t>(connection.repeated_syns);
  }
  const Totals totals = table.told_totals();
  const auto closed = [&totals](EndReason reason) { return totals.closed[static_cast<size_t>(reason)]; };
  const uint64_t open = OpenConnections(totals);
  const uint64_t round_trips = CountOf(totals.handshake_rtt_seconds);
  const EdgeCounters sum = SumOfEdges(*table.edges());
  std::string all;
  all += Differ("pending attempts", pending, table.pending_attempts());
  all += Differ("client payload of edges", totals.client_payload_bytes, sum.client_payload_bytes);
  all += Differ("server payload of edges", totals.server_payload_bytes, sum.server_payload_bytes);
  all += Differ("segments of edges", totals.segments, sum.segments);
  all += Differ("retransmitted of edges", totals.client_retransmitted_segments + totals.server_retransmitted_segments,
                sum.retransmitted_segments);
  all += Differ("out of order of edges", totals.out_of_order_segments, sum.out_of_order_segments);
  all += Differ("SYN retransmissions of edges", totals.syn_retransmissions, sum.syn_retransmissions + pending_syns);
  all += Differ("opened of edges", totals.opened_handshake + totals.opened_midstream, sum.connections_opened + pending);
  all += Differ("refused of edges", closed(EndReason::kRefused), sum.connections_refused);
  all += Differ("timed out of edges", closed(EndReason::kHandshakeTimeout), sum.connections_timed_out);
  all += Differ("open of edges", open, static_cast<uint64_t>(sum.connections) + pending);
  all += Differ("handshakes of edges", round_trips, sum.handshake_rtt_count);
  const EdgeDistributions distributions = SumOfDistributions(*table.edges());
  all += Differ("handshakes in distributions", round_trips, distributions.handshake_rtt_seconds.Count());
  all += Differ("responses in distributions", sum.response_count, distributions.response_seconds.Count());
  if (std::abs(sum.handshake_rtt_sum_seconds - totals.handshake_rtt_seconds.sum) >
      1e-6 * (1 + totals.handshake_rtt_seconds.sum)) {
    all += "handshake RTTs of edges differ; ";
  }
  all += Differ("responses of edges", CountOf(totals.response_seconds), sum.response_count);
  if (std::abs(sum.response_sum_seconds - totals.response_seconds.sum) > 1e-6 * (1 + totals.response_seconds.sum)) {
    all += "response times of edges differ; ";
  }
  EdgeCounters interfaces;
  for (size_t i = 0; i < 8; ++i) AddEdgeCounters(table.InterfaceAccount(i), &interfaces);
  all += Differ("client payload of interfaces", sum.client_payload_bytes, interfaces.client_payload_bytes);
  all += Differ("server payload of interfaces", sum.server_payload_bytes, interfaces.server_payload_bytes);
  all += Differ("segments of interfaces", sum.segments, interfaces.segments);
  all += Differ("retransmitted of interfaces", sum.retransmitted_segments, interfaces.retransmitted_segments);
  all += Differ("out of order of interfaces", sum.out_of_order_segments, interfaces.out_of_order_segments);
  all += Differ("SYN retransmissions of interfaces", sum.syn_retransmissions, interfaces.syn_retransmissions);
  all += Differ("opened of interfaces", sum.connections_opened, interfaces.connections_opened);
  all += Differ("refused of interfaces", sum.connections_refused, interfaces.connections_refused);
  all += Differ("timed out of interfaces", sum.connections_timed_out, interfaces.connections_timed_out);
  all += Differ("handshakes of interfaces", sum.handshake_rtt_count, interfaces.handshake_rtt_count);
  all += Differ("responses of interfaces", sum.response_count, interfaces.response_count);
  return all;
}

}  // namespace tcpgauge
