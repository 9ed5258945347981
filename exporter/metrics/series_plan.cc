// SPDX-License-Identifier: Apache-2.0
#include "exporter/metrics/series_plan.h"

#include <algorithm>

namespace tcpgauge {
namespace {

constexpr size_t kMaxInterfaces = 32;
constexpr size_t kMinInterfaces = 2;  // a named one and "other"

// Interfaces get at most a fifth of the samples that are not fixed.
constexpr size_t kShareOfInterfaces = 5;
// Services get at most a twentieth of them.
constexpr size_t kShareOfServices = 20;

}  // namespace

SeriesPlan PlanSeries(size_t series_limit, size_t connections, size_t edges, EdgeDetail detail) {
  SeriesPlan plan;
  const size_t samples_per_edge = SamplesPerEdge(detail);
  size_t left = series_limit - kFixedSamples - samples_per_edge;  // for the edge "other"
  plan.interfaces =
      std::clamp<size_t>(left / kShareOfInterfaces / kSamplesPerInterface, kMinInterfaces, kMaxInterfaces);
  plan.services = std::min(left / kShareOfServices, kMaxServiceSamples);
  left -= plan.interfaces * kSamplesPerInterface + plan.services;
  const size_t edge_samples = edges * samples_per_edge;
  const size_t wanted = edge_samples + connections * kSamplesPerConnection;
  plan.edges = wanted <= left ? edges : left * edge_samples / wanted / samples_per_edge;
  return plan;
}

}  // namespace tcpgauge
