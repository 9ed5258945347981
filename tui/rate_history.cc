// SPDX-License-Identifier: Apache-2.0
#include "tui/rate_history.h"

#include <algorithm>

#include "src/base/time_units.h"

namespace tcpgauge {
namespace {

// A little less than a second, so that no snapshot is skipped when they come once a second and one is a moment early.
constexpr int64_t kIntervalNs = kNanosecondsPerSecond * 9 / 10;

}  // namespace

void RateHistory::Record(const Snapshot& snapshot) {
  const bool later = snapshot.time_ns >= last_time_ns_;  // false if another agent answers at the attached address
  if (round_ > 0 && later && snapshot.time_ns - last_time_ns_ < kIntervalNs) return;
  last_time_ns_ = snapshot.time_ns;
  ++round_;
  const size_t ranked = std::min(snapshot.connections.size(), kConnections);
  for (size_t i = 0; i < ranked; ++i) TakeSample(snapshot.connections[i]);
  if (watched_ != 0) {
    const auto found = std::find_if(snapshot.connections.begin(), snapshot.connections.end(),
                                    [this](const ConnectionSummary& connection) { return connection.id == watched_; });
    if (found != snapshot.connections.end()) TakeSample(*found);
  }
  absl::erase_if(by_id_, [this](const auto& entry) { return entry.second.round != round_ && entry.first != watched_; });
}

void RateHistory::TakeSample(const ConnectionSummary& connection) {
  Series& series = by_id_[connection.id];
  if (series.round == round_) return;
  series.round = round_;
  series.samples[series.count++ % kSamples] = static_cast<float>(connection.payload_bytes_per_second());
}

std::vector<double> RateHistory::Of(uint64_t id, size_t count) const {
  const auto found = by_id_.find(id);
  if (found == by_id_.end()) return {};
  const Series& series = found->second;
  std::vector<double> rates;
  const uint64_t kept = std::min<uint64_t>({count, series.count, kSamples});
  for (uint64_t i = series.count - kept; i < series.count; ++i) rates.push_back(series.samples[i % kSamples]);
  return rates;
}

}  // namespace tcpgauge
