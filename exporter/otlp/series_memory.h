// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_OTLP_SERIES_MEMORY_H_
#define TCPGAUGE_EXPORTER_OTLP_SERIES_MEMORY_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "exporter/metrics/metric_catalog.h"

namespace tcpgauge {

// A series as it was last pushed.
struct RememberedSeries {
  uint64_t round = 0;    // the last round with the series
  int64_t start_ns = 0;  // since when its counter counted (Unix epoch)
  int64_t time_ns = 0;   // of its last point (Unix epoch); 0 = the series is new
  uint64_t count = 0;    // a counter's value, or a histogram's count
  double number = 0;     // a counter's value if it is no integer, or a histogram's sum
  std::vector<uint64_t> buckets;
};

// Remembers the series of the previous exposition, so that the encoder can compute deltas and tell which series ended.
// The key of a series within its metric is the values of its labels, each followed by a NUL.
//
// Thread: confined to one at a time.
// Bounds: the series of two expositions between BeginRound() and TakeEnded(), otherwise of one.
class SeriesMemory {
 public:
  // Begins a new exposition.
  void BeginRound() { ++round_; }

  // Marks a series as part of this exposition and returns it; it is new if the previous exposition did not have it. The
  // reference is valid until the next call.
  RememberedSeries& MarkSeen(Metric metric, std::string_view key) {
    auto& series = series_[static_cast<size_t>(metric)];
    auto found = series.find(absl::string_view(key.data(), key.size()));
    if (found == series.end()) found = series.try_emplace(std::string(key)).first;
    found->second.round = round_;
    return found->second;
  }

  // Forgets the series that were not marked in this round, and calls `visit(Metric, const std::string& key, const
  // RememberedSeries&)` for each.
  template <typename Visitor>
  void TakeEnded(Visitor visit) {
    for (size_t i = 0; i < kMetricCount; ++i) {
      for (auto it = series_[i].begin(); it != series_[i].end();) {
        const auto series = it++;
        if (series->second.round == round_) continue;
        visit(static_cast<Metric>(i), series->first, series->second);
        series_[i].erase(series);
      }
    }
  }

 private:
  uint64_t round_ = 0;
  std::array<absl::flat_hash_map<std::string, RememberedSeries>, kMetricCount> series_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_OTLP_SERIES_MEMORY_H_
