// SPDX-License-Identifier: Apache-2.0
#include "src/snapshot/connection_query.h"

#include <algorithm>

#include "absl/types/span.h"

namespace tcpgauge {

ChosenConnections ChooseConnections(const Snapshot& snapshot, const Filter& filter, ConnectionSort sort, bool reverse,
                                    size_t limit) {
  return *ChooseConnections(snapshot, filter, sort, reverse, limit, [] { return false; });
}

std::optional<ChosenConnections> ChooseConnections(const Snapshot& snapshot, const Filter& filter, ConnectionSort sort,
                                                   bool reverse, size_t limit, absl::FunctionRef<bool()> must_stop) {
  const std::vector<ConnectionSummary>& connections = snapshot.connections;
  ChosenConnections chosen;
  limit = std::min(limit, connections.size());
  const NameRanks names(snapshot, sort);
  std::vector<SortEntry> entries;
  entries.reserve(std::min(limit + kSelectedAtOnce, connections.size()));
  for (size_t i = 0; i < connections.size(); ++i) {
    if (i % kRowsBetweenStops == 0 && must_stop()) return std::nullopt;
    const ConnectionSummary& connection = connections[i];
    if (!filter.empty() && !filter.Matches(connection, snapshot)) continue;
    const Measures measures = MeasuresOf(connection);
    ++chosen.matching.connections;
    chosen.matching.measures.Add(measures);
    if (entries.size() == limit + kSelectedAtOnce) {
      SelectFirst(absl::MakeSpan(entries), limit, connections, sort, reverse);
      entries.resize(limit);
    }
    entries.push_back({SortKey(connection, measures, sort, names), static_cast<uint32_t>(i)});
  }
  const size_t listed = std::min(limit, entries.size());
  if (must_stop()) return std::nullopt;
  SortFirst(absl::MakeSpan(entries), listed, connections, sort, reverse);
  if (must_stop()) return std::nullopt;
  chosen.indexes.reserve(listed);
  for (size_t i = 0; i < listed; ++i) chosen.indexes.push_back(entries[i].index);
  return chosen;
}

}  // namespace tcpgauge
