// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TESTS_SUPPORT_EDGE_SUMS_H_
#define TCPGAUGE_TESTS_SUPPORT_EDGE_SUMS_H_

#include <cstddef>
#include <cstdint>
#include <numeric>

#include "src/base/histogram.h"
#include "src/flow/connection_table.h"
#include "src/flow/edge_table.h"
#include "src/flow/totals.h"
#include "src/net/connection_state.h"

namespace tcpgauge {

// Returns the sum of all accounts of a table: of the edges that have series, of other() and of retired().
inline EdgeCounters SumOfEdges(const EdgeTable& edges) {
  EdgeCounters sum = edges.other();
  AddEdgeCounters(edges.retired(), &sum);
  edges.VisitExported([&sum](const EdgeKey&, const EdgeCounters& counters, const EdgeServices&, int64_t) {
    AddEdgeCounters(counters, &sum);
  });
  return sum;
}

// Returns the sum of the accounts of all interfaces of a table.
inline EdgeCounters SumOfInterfaces(const ConnectionTable& table) {
  EdgeCounters sum;
  for (size_t i = 0; i < ConnectionTable::kMaxInterfaces; ++i) AddEdgeCounters(table.InterfaceAccount(i), &sum);
  return sum;
}

// Returns the number of values that `histogram` has counted.
template <typename Bounds>
uint64_t CountOf(const Histogram<Bounds>& histogram) {
  return std::accumulate(histogram.counts.begin(), histogram.counts.end(), uint64_t{0});
}

// Returns the sum of the distributions of these accounts.
inline EdgeDistributions SumOfDistributions(const EdgeTable& edges) {
  EdgeDistributions sum = edges.other_distributions();
  AddEdgeDistributions(edges.retired_distributions(), &sum);
  edges.VisitExported([&](const EdgeKey& key, const EdgeCounters&, const EdgeServices&, int64_t) {
    AddEdgeDistributions(edges.DistributionsOf(key), &sum);
  });
  return sum;
}

// Returns the number of open connections in `totals`. The edges and the pending attempts add up to it.
inline uint64_t OpenConnections(const Totals& totals) {
  uint64_t open = 0;
  for (size_t i = 0; i < kConnectionStateCount; ++i) {
    if (IsOpen(static_cast<ConnectionState>(i))) open += totals.connections[i];
  }
  return open;
}

}  // namespace tcpgauge

#endif  // TCPGAUGE_TESTS_SUPPORT_EDGE_SUMS_H_
