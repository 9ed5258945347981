// SPDX-License-Identifier: Apache-2.0
#include "exporter/web/services_json.h"

#include <cstddef>
#include <cstdint>
#include <vector>

#include "exporter/web/answer_head.h"
#include "exporter/web/edge_sum_json.h"
#include "src/base/json_writer.h"
#include "src/snapshot/connection_json.h"
#include "src/snapshot/edge_groups.h"

namespace tcpgauge {
namespace {

constexpr size_t kServicesBetweenStops = 64;

std::vector<EdgeRow> RowsOf(const std::vector<EdgeGroup>& groups) {
  std::vector<EdgeRow> rows;
  rows.reserve(groups.size());
  for (const EdgeGroup& group : groups) {
    rows.push_back({&group.sum.counters, &group.sum.change, group.client, group.server, &group.client_identity,
                    &group.server_identity, group.clients});
  }
  return rows;
}

void WriteService(const Snapshot& snapshot, const EdgeGroup& group, const EdgeSumView& sum, JsonWriter* writer) {
  writer->Raw("{\"server\":");
  WriteEdgeServer(group.server, ServerPrefixBits(snapshot.edges, group.server.address, group.is_server_prefix),
                  group.server_identity, writer);
  WriteAddressedAs(group.services.endpoints(), writer);
  writer->Raw(",\"clients\":").Value(group.clients).Raw(",\"edges\":").Value(group.edges).Raw(",");
  WriteEdgeSum(sum, /*has_buckets=*/false, writer);
  writer->Raw("}");
}

size_t ServiceJsonBytes(const EdgeGroup& group, const EdgeSumView& sum) {
  constexpr size_t kFrameBytes = 96;  // the names of the members, and two numbers
  return kFrameBytes + kEdgeEndJsonBytes + IdentityJsonBytes(group.server_identity) + kAddressedAsJsonBytes +
         EdgeSumJsonBytes(sum, /*has_buckets=*/false);
}

}  // namespace

std::optional<std::string> ServicesJson(const Snapshot& snapshot, const EdgeQuery& query, const std::string& agent,
                                        absl::FunctionRef<bool()> must_stop) {
  const std::optional<EdgeGroups> groups = GroupEdges(snapshot, EdgeGroupKind::kService, must_stop);
  if (!groups.has_value()) return std::nullopt;
  const std::optional<std::vector<uint32_t>> listed = OrderEdges(RowsOf(groups->groups), query, must_stop);
  if (!listed.has_value()) return std::nullopt;
  const auto view = [&groups](const EdgeSum& sum) {
    return EdgeSumView{sum.counters, sum.distributions, sum.change, groups->change_seconds};
  };
  size_t bytes = kAnswerFrameJsonBytes + EdgeSumJsonBytes(view(groups->total), false) +
                 EdgeSumJsonBytes(view(groups->other), false);
  for (const uint32_t index : *listed) {
    const EdgeGroup& group = groups->groups[index];
    bytes += ServiceJsonBytes(group, view(group.sum));
  }
  JsonWriter writer(bytes);
  WriteAnswerHead(snapshot, agent, &writer);
  WriteRecentSeconds(groups->change_seconds, &writer);
  writer.Raw(",\"services_in_all\":").Value(groups->groups.size()).Raw(",\"totals\":{");
  WriteEdgeSum(view(groups->total), /*has_buckets=*/false, &writer);
  writer.Raw("},\"other\":{");
  WriteEdgeSum(view(groups->other), /*has_buckets=*/false, &writer);
  writer.Raw("},\"services\":[");
  for (size_t i = 0; i < listed->size(); ++i) {
    if (i % kServicesBetweenStops == 0 && must_stop()) return std::nullopt;
    writer.Raw(i == 0 ? "\n" : ",\n");
    const EdgeGroup& group = groups->groups[(*listed)[i]];
    WriteService(snapshot, group, view(group.sum), &writer);
  }
  return writer.Raw("]}\n").Take();
}

}  // namespace tcpgauge
