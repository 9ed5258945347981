// SPDX-License-Identifier: Apache-2.0
#include "src/snapshot/collector.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "src/flow/overflow.h"

namespace tcpgauge {
namespace {

DirectionView ToView(const EndSummary& end, double payload_rate) {
  DirectionView view;
  view.packets = end.packets;
  view.payload_bytes = end.payload_bytes;
  view.ip_bytes = end.ip_bytes;
  view.retransmitted_segments = end.retransmitted_segments;
  view.out_of_order_segments = end.out_of_order_segments;
  view.zero_windows = end.zero_windows;
  view.payload_bytes_per_second = payload_rate;
  return view;
}

ConnectionView ToView(const WorkerRow& row) {
  const ConnectionSummary& summary = row.summary;
  ConnectionView view;
  view.id = summary.id;
  view.client = summary.client.endpoint;
  view.server = summary.server.endpoint;
  view.state = summary.state;
  view.role = summary.role;
  view.client_sent = ToView(summary.client, row.client_payload_rate);
  view.server_sent = ToView(summary.server, row.server_payload_rate);
  view.start_time_ns = summary.start_time_ns;
  view.last_packet_time_ns = summary.last_packet_time_ns;
  view.handshake_rtt_ns = summary.handshake_rtt_ns;
  view.rtt_ns = summary.rtt_ns;
  view.window_payload_bytes = row.window_payload_bytes;
  return view;
}

// A connection keeps its place against one that is heavier by less than this.
constexpr double kHysteresis = 1.25;

bool IsHeavier(const ConnectionView& a, const ConnectionView& b) {
  if (a.rank != b.rank) return a.rank > b.rank;
  if (a.payload_bytes() != b.payload_bytes()) return a.payload_bytes() > b.payload_bytes();
  return a.id < b.id;
}

// The index of the interface of that name, which is added when it is new.
uint32_t MergeInterface(const InterfaceView& from, std::vector<InterfaceView>* interfaces) {
  const auto same = std::find_if(interfaces->begin(), interfaces->end(),
                                 [&from](const InterfaceView& i) { return i.name == from.name; });
  const uint32_t index = static_cast<uint32_t>(same - interfaces->begin());
  if (same == interfaces->end()) {
    interfaces->push_back(from);
    return index;
  }
  for (size_t i = 0; i < kProtocolCount; ++i) {
    same->packets[i] += from.packets[i];
    same->wire_bytes[i] += from.wire_bytes[i];
  }
  same->dropped_packets += from.dropped_packets;
  same->duplicate_packets += from.duplicate_packets;
  same->up = same->up && from.up;
  return index;
}

}  // namespace

std::shared_ptr<const Snapshot> Collector::Collect() {
  bool fresh = false;
  for (TripleBuffer<WorkerSnapshot>* worker : workers_) fresh = worker->TakeLatest() || fresh;
  if (!fresh) return nullptr;

  auto snapshot = std::make_shared<Snapshot>();
  snapshot->sequence = ++sequence_;
  snapshot->begun_ns = INT64_MAX;
  snapshot->capture_start_time_ns = options_.capture_start_time_ns;
  snapshot->rate_window_seconds = options_.rate_window_seconds;
  std::array<uint64_t, kDecodeErrorCount> decode_errors{};
  uint64_t unmatched_fragments = 0;
  OverflowCounts overflows{};
  std::vector<const EdgesView*> edges;
  size_t row_count = 0;
  for (const TripleBuffer<WorkerSnapshot>* worker : workers_) row_count += worker->front().rows.size();
  snapshot->connections.reserve(row_count);
  for (const TripleBuffer<WorkerSnapshot>* buffer : workers_) {
    const WorkerSnapshot& worker = buffer->front();
    if (worker.time_ns >= time_ns_) snapshot->clock_stepped_ns = worker.counters.clock_stepped_ns;
    time_ns_ = std::max(time_ns_, worker.time_ns);
    snapshot->begun_ns = std::min(snapshot->begun_ns, worker.begun_ns);
    std::vector<uint32_t> interfaces;
    for (const InterfaceView& from : worker.counters.interfaces) {
      interfaces.push_back(MergeInterface(from, &snapshot->interfaces));
    }
    std::vector<uint32_t> encapsulations;
    for (const Encapsulation& from : worker.encapsulations) {
      if (from.empty()) {
        encapsulations.push_back(0);
      } else {
        encapsulations.push_back(static_cast<uint32_t>(snapshot->encapsulations.size()));
        snapshot->encapsulations.push_back(from);
      }
    }
    const auto add = [&](const WorkerRow& row, std::vector<ConnectionView>* views) {
      ConnectionView view = ToView(row);
      if (row.summary.interface < interfaces.size()) view.interface = interfaces[row.summary.interface];
      if (row.summary.encapsulation < encapsulations.size()) {
        view.encapsulation = encapsulations[row.summary.encapsulation];
      }
      views->push_back(view);
    };
    for (const WorkerRow& row : worker.rows) add(row, &snapshot->connections);
    // An ended connection's encapsulation has its number no longer, and no metric shows it.
    for (const WorkerRow& row : worker.ended_rows) {
      add(row, &snapshot->ended_connections);
      snapshot->ended_connections.back().encapsulation = 0;
    }
    edges.push_back(&worker.edges);
    snapshot->connections_not_listed += worker.connections_not_listed;
    snapshot->totals.Add(worker.totals);
    for (size_t i = 0; i < kDecodeErrorCount; ++i) decode_errors[i] += worker.counters.decode_errors[i];
    unmatched_fragments += worker.unmatched_fragments;
    for (size_t i = 0; i < kOverflowCount; ++i) overflows[i] += worker.overflows[i];
  }
  snapshot->edges = edge_merger_.Merge(edges);
  snapshot->time_ns = time_ns_;
  Rank(snapshot.get());
  for (size_t i = 1; i < kDecodeErrorCount; ++i) {
    snapshot->decode_errors.push_back({DecodeErrorName(static_cast<DecodeError>(i)), decode_errors[i]});
  }
  snapshot->decode_errors.push_back({"fragment_without_first", unmatched_fragments});
  for (size_t i = 0; i < kOverflowCount; ++i) {
    snapshot->overflows.push_back({OverflowName(static_cast<Overflow>(i)), overflows[i]});
  }
  return snapshot;
}

void Collector::Rank(Snapshot* snapshot) {
  const std::vector<ConnectionView>& ended = snapshot->ended_connections;
  for (std::vector<ConnectionView>* views : {&snapshot->connections, &snapshot->ended_connections}) {
    for (ConnectionView& view : *views) {
      view.rank = static_cast<double>(view.window_payload_bytes) * (heaviest_.contains(view.id) ? kHysteresis : 1);
    }
    std::sort(views->begin(), views->end(), IsHeavier);
  }
  heaviest_.clear();
  size_t next_ended = 0;
  for (const ConnectionView& view : snapshot->connections) {
    while (next_ended < ended.size() && IsHeavier(ended[next_ended], view)) heaviest_.insert(ended[next_ended++].id);
    if (heaviest_.size() >= options_.exported_connections) return;
    heaviest_.insert(view.id);
  }
}

}  // namespace tcpgauge
