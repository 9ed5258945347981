// SPDX-License-Identifier: Apache-2.0
#include "src/attach/attached_history.h"

#include <algorithm>
#include <cmath>

#include "src/base/time_units.h"
#include "src/snapshot/history_counts.h"

namespace tcpgauge {
namespace {

// A little less than a second, as in the histories of groups.
constexpr int64_t kIntervalNs = kNanosecondsPerSecond * 9 / 10;

// A longer time must not be filled with what was counted in a second of it.
constexpr double kMaxGapSeconds = 3;

double SecondsBetween(int64_t begin_ns, int64_t end_ns) {
  return static_cast<double>(end_ns - begin_ns) * kSecondsPerNanosecond;
}

// Returns what was counted in a time that is `factor` times as long.
HistoryCounts Stretched(const HistoryCounts& counts, double factor) {
  HistoryCounts stretched;
  for (const HistoryCounter& counter : kHistoryCounters) {
    const double value = static_cast<double>(counts.*counter.member) * factor;
    stretched.*counter.member =
        static_cast<uint64_t>(std::llround(std::min(value, static_cast<double>(HistoryAnswerBounds::kCount))));
  }
  return stretched;
}

}  // namespace

bool AttachedHistory::LeadsTo(const Snapshot& snapshot) const {
  if (!end_ns_.has_value()) return false;
  const double elapsed = SecondsBetween(*end_ns_, snapshot.time_ns);
  return elapsed >= -kMaxGapSeconds && elapsed <= snapshot.edge_changes.seconds + kMaxGapSeconds;
}

void AttachedHistory::Begin(const HistoryAnswer& past, const Snapshot& snapshot) {
  end_ns_ = past.seconds.empty() ? past.begin_time_ns : past.seconds.back().time_ns;
  if (LeadsTo(snapshot)) {
    history_.BeginAnew(past.begin_time_ns);
    for (const HistorySample& second : past.seconds) history_.Record(second);
  } else {
    end_ns_ = snapshot.time_ns;
    history_.BeginAnew(snapshot.time_ns);
  }
}

void AttachedHistory::Record(const Snapshot& snapshot) {
  const EdgeChanges& changes = snapshot.edge_changes;
  if (changes.seconds <= 0 || snapshot.time_ns - *end_ns_ < kIntervalNs) return;
  // The periods of changes may overlap, or leave a gap.
  constexpr double kMaxFactor = 1000;
  const double factor = std::min(SecondsBetween(*end_ns_, snapshot.time_ns) / changes.seconds, kMaxFactor);
  HistorySample sample;
  sample.time_ns = snapshot.time_ns;
  const size_t edges = std::min(snapshot.edges.exported.size(), changes.exported.size());
  sample.edges.reserve(edges);
  for (size_t i = 0; i < edges; ++i) {
    const EdgeView& edge = snapshot.edges.exported[i];
    HistoryCounts counts = Stretched(HistoryCountsOf(changes.exported[i]), factor);
    counts.connections = HistoryCountsOf(edge.counters).connections;
    sample.edges.push_back({EdgeOf(edge), counts});
  }
  history_.Record(sample);
  end_ns_ = snapshot.time_ns;
  identities_.ForgetUnused();
}

HistoryEdge AttachedHistory::EdgeOf(const EdgeView& edge) {
  HistoryEdge result;
  result.key = edge.key;
  if (edge.client != nullptr) {
    result.client = identities_.Get(edge.client->identity);
    result.key.client_identity = result.client->label_number;
  }
  if (edge.server != nullptr) {
    result.server = identities_.Get(edge.server->identity);
    result.key.server_identity = result.server->label_number;
  }
  return result;
}

}  // namespace tcpgauge
