// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_OTLP_SERIES_MEMORY_H_
#define TCPGAUGE_EXPORTER_OTLP_SERIES_MEMORY_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "exporter/metrics/metric_catalog.h"
#include "src/base/exponential_buckets.h"

namespace tcpgauge {

// A series as OtlpEncoder last encoded it. SeriesMemory sets `round`. The encoder sets the other fields. For a gauge
// that is sent as a gauge, the other fields keep their default values.
struct RememberedSeries {
  uint64_t round = 0;             // the last round in which the series was marked
  int64_t start_ns = 0;           // when the counter started (Unix epoch)
  int64_t time_ns = 0;            // of the last point (Unix epoch); 0 = the series is new, or is sent as a gauge
  uint64_t count = 0;             // MetricValue::count() of a sum
  double number = 0;              // the value of a sum, or the sum of a histogram's values
  std::vector<double> bounds;     // those of a histogram with explicit bounds
  std::vector<uint64_t> buckets;  // the counts of a histogram with explicit bounds, not cumulative
  // The buckets of an exponential histogram whose points are deltas. Null for any other series, to save memory.
  std::unique_ptr<ExponentialBuckets> exponential;
};

// Remembers the series of the previous exposition, so that OtlpEncoder can compute deltas and tell which series ended.
// Each exposition is a round: BeginRound(), then MarkSeen() for each of its series, then TakeEnded().
//
// A series is identified by its metric and a key: the values of its labels, each followed by a NUL byte.
//
// Thread: one thread at a time.
// Bounds: the series of one exposition; between BeginRound() and TakeEnded(), the series of two.
class SeriesMemory {
 public:
  // Begins the round of a new exposition.
  void BeginRound() { ++round_; }

  // Marks a series as part of this exposition, and returns what is remembered of it. If the previous exposition did not
  // have the series, adds it with the default values. The reference is valid until MarkSeen() or TakeEnded() is called.
  RememberedSeries& MarkSeen(Metric metric, std::string_view key) {
    auto& series = series_[static_cast<size_t>(metric)];
    auto found = series.find(absl::string_view(key.data(), key.size()));
    if (found == series.end()) found = series.try_emplace(std::string(key)).first;
    found->second.round = round_;
    return found->second;
  }

  // Calls `visit(Metric, const std::string& key, const RememberedSeries&)` for each series that was not marked in this
  // round, and then forgets the series. The references are valid during the call of `visit`.
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
