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

// What a series said when it was last pushed.
struct RememberedSeries {
  uint64_t round = 0;    // when it was last seen
  int64_t start_ns = 0;  // since when its counter counted
  int64_t time_ns = 0;   // of its last point; 0 = it is new
  uint64_t count = 0;    // a counter's value, or a histogram's count
  double number = 0;     // a counter's value that is no integer, or a histogram's sum
  std::vector<uint64_t> buckets;
};

// The series of the exposition before, to tell which ended and what came since. A key tells the series of a metric
// apart: the values of its labels, with a NUL after each.
//
// Thread: confined to one at a time. Bounds: the series of two expositions while one is taken in, then of one.
class SeriesMemory {
 public:
  // Begins a new exposition.
  void BeginRound() { ++round_; }

  // What is known of a series that is in this exposition: a new one when it was not in the one before. The reference is
  // good until the next call.
  RememberedSeries& See(Metric metric, std::string_view key) {
    auto& series = series_[static_cast<size_t>(metric)];
    auto found = series.find(absl::string_view(key.data(), key.size()));
    if (found == series.end()) found = series.try_emplace(std::string(key)).first;
    found->second.round = round_;
    return found->second;
  }

  // Forgets the series that were not seen in this round; calls `visit(Metric, const std::string& key, const
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
