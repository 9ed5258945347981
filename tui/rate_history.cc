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
  series.samples[series.count++ % kSamples] = {static_cast<float>(connection.client_sent.payload_bytes_per_second),
                                               static_cast<float>(connection.server_sent.payload_bytes_per_second)};
}

std::vector<double> RateHistory::Of(uint64_t id, size_t count) const {
  const auto found = by_id_.find(id);
  if (found == by_id_.end()) return {};
  const Series& series = found->second;
  std::vector<double> rates;
  const uint64_t kept = std::min<uint64_t>({count, series.count, kSamples});
  for (uint64_t i = series.count - kept; i < series.count; ++i) {
    const Sample& sample = series.samples[i % kSamples];
    rates.push_back(sample.up + sample.down);
  }
  return rates;
}

std::optional<RateHistory::Rates> RateHistory::AverageOf(const ConnectionSummary& connection, int64_t now_ns,
                                                         int seconds) const {
  const auto found = by_id_.find(connection.id);
  if (found == by_id_.end()) return std::nullopt;
  const Series& series = found->second;
  const uint64_t most = std::min<uint64_t>(static_cast<uint64_t>(std::max(seconds, 1)), kSamples);
  // A connection without a sample was too light to be recorded, so its missing samples count as 0.
  const int64_t age_seconds = std::max<int64_t>((now_ns - connection.start_time_ns) / kNanosecondsPerSecond, 1);
  const uint64_t divisor = std::min({most, round_, static_cast<uint64_t>(age_seconds)});  // not 0: it was recorded
  Rates sum;
  for (uint64_t i = series.count - std::min(series.count, divisor); i < series.count; ++i) {
    sum.up += series.samples[i % kSamples].up;
    sum.down += series.samples[i % kSamples].down;
  }
  return Rates{sum.up / static_cast<double>(divisor), sum.down / static_cast<double>(divisor)};
}

}  // namespace tcpgauge
