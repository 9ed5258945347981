// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TESTS_SUPPORT_EDGE_SUMS_H_
#define TCPGAUGE_TESTS_SUPPORT_EDGE_SUMS_H_

#include <cstdint>

#include "src/flow/edge_table.h"

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

}  // namespace tcpgauge

#endif  // TCPGAUGE_TESTS_SUPPORT_EDGE_SUMS_H_
