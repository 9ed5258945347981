// SPDX-License-Identifier: Apache-2.0
#include "exporter/metrics/rendered_labels.h"

namespace tcpgauge {
namespace {

RenderedLabels RenderConnections(const Exposition& exposition, AppendLabelFunction append) {
  RenderedLabels rendered(InfoOf(Metric::kConnectionState).labels, exposition.connections.size(), append);
  for (const ExportedConnection& exported : exposition.connections) {
    const Endpoint& client = exported.connection->client;
    const Endpoint& server = exported.connection->server;
    rendered.Add({client.address.ToString(), std::to_string(client.port), server.address.ToString(),
                  std::to_string(server.port), exposition.interfaces[exported.interface].name});
  }
  return rendered;
}

// `metric` is any metric of the edges.
template <typename Edge>
RenderedLabels RenderEdges(Metric metric, const std::vector<Edge>& edges, AppendLabelFunction append) {
  RenderedLabels rendered(InfoOf(metric).labels, edges.size(), append);
  for (const Edge& edge : edges) rendered.Add(edge.label_values());
  return rendered;
}

}  // namespace

void RenderedLabels::Add(absl::Span<const std::string_view> values) {
  const size_t begin = rendered_.size();
  for (size_t i = 0; i < values.size(); ++i) append_(labels_[i], values[i], rendered_.size() == begin, &rendered_);
  ends_.push_back(rendered_.size());
}

ItemLabels::ItemLabels(const Exposition& exposition, AppendLabelFunction append)
    : connections(RenderConnections(exposition, append)),
      edges(RenderEdges(Metric::kEdgeClientPayloadBytes, exposition.edges, append)),
      workload_edges(RenderEdges(Metric::kWorkloadEdgeClientPayloadBytes, exposition.workload_edges, append)) {}

}  // namespace tcpgauge
