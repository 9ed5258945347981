// SPDX-License-Identifier: Apache-2.0
#include "exporter/metrics/series_plan.h"

#include <algorithm>

namespace tcpgauge {
namespace {

constexpr size_t kMaxInterfaces = 32;
constexpr size_t kMinInterfaces = 2;  // a named one and "other"

// Which part of the samples that are not fixed each kind gets at most.
constexpr size_t kShareOfInterfaces = 5;
constexpr size_t kShareOfServices = 20;
constexpr size_t kShareOfListeners = 40;
constexpr size_t kShareOfZones = 40;
constexpr size_t kShareOfEndpoints = 80;

}  // namespace

SeriesPlan PlanSeries(const ExpositionLimits& limits) {
  SeriesPlan plan;
  const size_t samples_per_edge = SamplesPerEdge(limits.edge_detail, limits.edge_buckets);
  const size_t samples_per_workload_edge = SamplesPerWorkloadEdge(limits.edge_detail, limits.edge_buckets);
  const bool has_identities = limits.workload_edges.has_value();
  size_t left = limits.series - kFixedSamples - samples_per_edge;  // for the edge "other"
  if (has_identities) left -= kFixedIdentitySamples + kReporters * samples_per_workload_edge;
  plan.interfaces =
      std::clamp<size_t>(left / kShareOfInterfaces / kSamplesPerInterface, kMinInterfaces, kMaxInterfaces);
  plan.services = std::min(left / kShareOfServices, kMaxServiceSamples);
  if (has_identities) {
    plan.listeners = std::min(left / kShareOfListeners / kSamplesPerListener, kMaxListeners);
    plan.zones = std::min(left / kShareOfZones, kMaxZoneSamples);
    plan.endpoints = std::min(left / kShareOfEndpoints, kMaxEndpointSamples);
  }
  left -= plan.interfaces * kSamplesPerInterface + plan.services + plan.listeners * kSamplesPerListener + plan.zones +
          plan.endpoints;

  const size_t edge_samples = limits.edges * samples_per_edge;
  const size_t workload_samples = limits.workload_edges.value_or(0) * samples_per_workload_edge;
  const size_t all_connections = limits.connections * kSamplesPerConnection;
  const size_t given = std::min(all_connections / 2, workload_samples);  // by connections to workload edges
  const size_t wanted = edge_samples + workload_samples + all_connections - given;
  if (wanted <= left) {
    plan.edges = limits.edges;
    plan.workload_edges = limits.workload_edges.value_or(0);
    if (has_identities) plan.endpoints = std::min(plan.endpoints + left - wanted, kMaxEndpointSamples);
  } else {
    plan.edges = left * edge_samples / wanted / samples_per_edge;
    plan.workload_edges = left * workload_samples / wanted / samples_per_workload_edge;
  }
  return plan;
}

}  // namespace tcpgauge
