// SPDX-License-Identifier: Apache-2.0
#include "exporter/web/edges_json.h"

#include <cstddef>
#include <cstdint>
#include <vector>

#include "exporter/web/answer_head.h"
#include "exporter/web/edge_sum_json.h"
#include "src/base/json_string.h"
#include "src/base/json_writer.h"
#include "src/flow/edge.h"
#include "src/snapshot/connection_json.h"
#include "src/snapshot/edge_groups.h"
#include "src/snapshot/interface_view.h"

namespace tcpgauge {
namespace {

constexpr size_t kEdgesBetweenStops = 64;
constexpr size_t kMaxInterfacesListed = 256;

// The edges of a snapshot, each with what it was credited with lately.
class Edges {
 public:
  explicit Edges(const Snapshot& snapshot) : snapshot_(snapshot) {}

  size_t size() const { return snapshot_.edges.exported.size(); }
  const EdgeView& edge(size_t index) const { return snapshot_.edges.exported[index]; }
  const EdgeCounters& change(size_t index) const {
    const std::vector<EdgeCounters>& changes = snapshot_.edge_changes.exported;
    return index < changes.size() ? changes[index] : no_change_;
  }
  EdgeSumView sum(size_t index) const {
    return {edge(index).counters, edge(index).distributions, change(index), snapshot_.edge_changes.seconds};
  }

 private:
  const Snapshot& snapshot_;
  const EdgeCounters no_change_;
};

std::vector<EdgeRow> RowsOf(const Edges& edges) {
  std::vector<EdgeRow> rows;
  rows.reserve(edges.size());
  for (size_t i = 0; i < edges.size(); ++i) {
    const EdgeView& edge = edges.edge(i);
    rows.push_back({&edge.counters, &edges.change(i), edge.key.client, edge.key.server, &edge.client, &edge.server, 0});
  }
  return rows;
}

void WriteEdge(const Snapshot& snapshot, const EdgeView& edge, const EdgeSumView& sum, JsonWriter* writer) {
  writer->Raw("{\"client\":");
  WriteEdgeClient(edge.key.client, ClientPrefixBits(snapshot.edges, edge.key.client), edge.client, writer);
  writer->Raw(",\"server\":");
  WriteEdgeServer(edge.key.server, ServerPrefixBits(snapshot.edges, edge.key.server.address, edge.key.is_server_prefix),
                  edge.server, writer);
  WriteAddressedAs(edge.services.endpoints(), writer);
  writer->Raw(",\"start_time\":").Seconds(edge.start_time_ns + snapshot.clock_stepped_ns).Raw(",");
  WriteEdgeSum(sum, /*has_buckets=*/true, writer);
  writer->Raw("}");
}

// The interfaces of a snapshot that are listed.
class Interfaces {
 public:
  explicit Interfaces(const Snapshot& snapshot) : snapshot_(snapshot) {
    if (!snapshot.has_interface_accounts) return;
    for (size_t i = 0; i < snapshot.interfaces.size(); ++i) {
      const InterfaceView& interface = snapshot.interfaces[i];
      if (interface.is_forgotten && interface.open_connections == 0) continue;
      if (listed_.size() < kMaxInterfacesListed) listed_.push_back(i);
      ++in_all_;
    }
  }

  void Write(JsonWriter* writer) const {
    writer->Raw(",\"interfaces_in_all\":").Value(in_all_).Raw(",\"interfaces\":[");
    for (const size_t index : listed_) {
      writer->Raw(index == listed_.front() ? "\n" : ",\n");
      const InterfaceView& interface = snapshot_.interfaces[index];
      writer->Raw("{\"name\":").Raw(JsonString(interface.name)).Raw(",");
      EdgeCounters counters = interface.account;
      counters.connections = interface.open_connections;
      counters.stalled = interface.stalled_connections;
      WriteEdgeSum({counters, kNoDistributions, change(index), snapshot_.edge_changes.seconds},
                   /*has_buckets=*/false, writer);
      writer->Raw("}");
    }
    writer->Raw("]");
  }

  // The most bytes that Write() writes.
  size_t JsonBytes() const {
    constexpr size_t kFrameBytes = 64;
    size_t bytes = kFrameBytes;
    for (const size_t index : listed_) {
      const InterfaceView& interface = snapshot_.interfaces[index];
      bytes += kFrameBytes + JsonString(interface.name).size() +
               EdgeSumJsonBytes({interface.account, kNoDistributions, change(index), snapshot_.edge_changes.seconds},
                                /*has_buckets=*/false);
    }
    return bytes;
  }

 private:
  inline static const EdgeDistributions kNoDistributions{};
  inline static const EdgeCounters kNoChange{};

  const EdgeCounters& change(size_t index) const {
    const std::vector<EdgeCounters>& changes = snapshot_.edge_changes.interfaces;
    return index < changes.size() ? changes[index] : kNoChange;
  }

  const Snapshot& snapshot_;
  std::vector<size_t> listed_;
  size_t in_all_ = 0;
};

size_t EdgeJsonBytes(const EdgeView& edge, const EdgeSumView& sum) {
  constexpr size_t kFrameBytes = 96;  // the names of the members, and the start time
  return kFrameBytes + 2 * kEdgeEndJsonBytes + IdentityJsonBytes(edge.client) + IdentityJsonBytes(edge.server) +
         kAddressedAsJsonBytes + EdgeSumJsonBytes(sum, /*has_buckets=*/true);
}

}  // namespace

std::optional<std::string> EdgesJson(const Snapshot& snapshot, const EdgeQuery& query, const std::string& agent,
                                     absl::FunctionRef<bool()> must_stop) {
  const std::optional<EdgeTotals> totals = AddUpEdges(snapshot, must_stop);
  if (!totals.has_value()) return std::nullopt;
  const Edges edges(snapshot);
  const std::optional<std::vector<uint32_t>> listed = OrderEdges(RowsOf(edges), query, must_stop);
  if (!listed.has_value()) return std::nullopt;
  const double seconds = snapshot.edge_changes.seconds;
  const auto view = [seconds](const EdgeSum& sum) {
    return EdgeSumView{sum.counters, sum.distributions, sum.change, seconds};
  };
  size_t bytes =
      kAnswerFrameJsonBytes + EdgeSumJsonBytes(view(totals->total), true) + EdgeSumJsonBytes(view(totals->other), true);
  const Interfaces interfaces(snapshot);
  bytes += interfaces.JsonBytes();
  for (const uint32_t index : *listed) bytes += EdgeJsonBytes(edges.edge(index), edges.sum(index));
  JsonWriter writer(bytes);
  WriteAnswerHead(snapshot, agent, &writer);
  WriteRecentSeconds(seconds, &writer);
  writer.Raw(",\"edges_in_all\":").Value(edges.size()).Raw(",\"totals\":{");
  WriteEdgeSum(view(totals->total), /*has_buckets=*/true, &writer);
  writer.Raw("},\"other\":{");
  WriteEdgeSum(view(totals->other), /*has_buckets=*/true, &writer);
  writer.Raw("}");
  interfaces.Write(&writer);
  writer.Raw(",\"edges\":[");
  for (size_t i = 0; i < listed->size(); ++i) {
    if (i % kEdgesBetweenStops == 0 && must_stop()) return std::nullopt;
    writer.Raw(i == 0 ? "\n" : ",\n");
    const uint32_t index = (*listed)[i];
    WriteEdge(snapshot, edges.edge(index), edges.sum(index), &writer);
  }
  return writer.Raw("]}\n").Take();
}

}  // namespace tcpgauge
