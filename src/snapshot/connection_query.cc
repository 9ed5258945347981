// SPDX-License-Identifier: Apache-2.0
#include "src/snapshot/connection_query.h"

#include <algorithm>

#include "absl/types/span.h"

namespace tcpgauge {

ChosenConnections ChooseConnections(const Snapshot& snapshot, const Filter& filter, ConnectionSort sort, bool reverse,
                                    size_t limit) {
  ChosenConnections chosen;
  std::vector<SortEntry> entries;
  entries.reserve(snapshot.connections.size());
  for (const ConnectionSummary& connection : snapshot.connections) {
    if (!filter.empty() && !filter.Matches(connection, snapshot)) continue;
    const Measures measures = MeasuresOf(connection);
    ++chosen.matching.connections;
    chosen.matching.measures.Add(measures);
    entries.push_back(
        {SortKey(connection, measures, sort), static_cast<uint32_t>(&connection - snapshot.connections.data())});
  }
  const size_t listed = std::min(limit, entries.size());
  SortFirst(absl::MakeSpan(entries), listed, snapshot.connections, sort, reverse);
  chosen.indexes.reserve(listed);
  for (size_t i = 0; i < listed; ++i) chosen.indexes.push_back(entries[i].index);
  return chosen;
}

}  // namespace tcpgauge
