// SPDX-License-Identifier: Apache-2.0
#include "tui/group_history.h"

#include <algorithm>

#include "src/base/time_units.h"

namespace tcpgauge {
namespace {

// A little less than a second; see RateHistory.
constexpr int64_t kIntervalNs = kNanosecondsPerSecond * 9 / 10;

constexpr double kMaxGapSeconds = 3;

}  // namespace

GroupChange ChangeOf(const EdgeSum& sum, const EdgeGroups& groups) {
  const EdgeCounters& change = sum.change;
  GroupChange result;
  result.seconds = groups.change_seconds;
  result.up_bytes = static_cast<double>(change.client_payload_bytes);
  result.down_bytes = static_cast<double>(change.server_payload_bytes);
  result.failed = static_cast<double>(FailedConnections(change));
  result.segments = static_cast<double>(change.segments);
  result.retransmitted = static_cast<double>(change.retransmitted_segments);
  result.responses = static_cast<double>(change.response_count);
  result.response_seconds = change.response_sum_seconds;
  result.handshakes = static_cast<double>(change.handshake_rtt_count);
  result.handshake_seconds = change.handshake_rtt_sum_seconds;
  return result;
}

void GroupHistory::Clear() {
  by_id_.clear();
  round_ = 0;
}

bool GroupHistory::LacksTimeBefore(int64_t time_ns, double seconds) const {
  const double elapsed = static_cast<double>(time_ns - last_time_ns_) / kNanosecondsPerSecond;
  return round_ > 0 && seconds > 0 && elapsed > seconds + kMaxGapSeconds;
}

void GroupHistory::Record(const EdgeGroups& groups, const std::vector<uint64_t>& ids, int64_t time_ns) {
  if (groups.change_seconds <= 0) return;
  const bool is_later = time_ns >= last_time_ns_;
  if (round_ > 0 && is_later && time_ns - last_time_ns_ < kIntervalNs) return;
  // Changes overlap when snapshots come in quick succession, so each counts for the time since the last samples.
  const double elapsed = static_cast<double>(time_ns - last_time_ns_) / kNanosecondsPerSecond;
  const double seconds = round_ > 0 && is_later ? elapsed : groups.change_seconds;
  last_time_ns_ = time_ns;
  ++round_;
  std::vector<size_t> unknown;
  for (size_t i = 0; i < ids.size(); ++i) {
    const auto found = by_id_.find(ids[i]);
    if (found == by_id_.end()) {
      unknown.push_back(i);
    } else {
      TakeSample(ChangeOf(groups.groups[i].sum, groups), seconds, &found->second);
    }
  }
  absl::erase_if(by_id_, [this](const auto& entry) { return entry.second.round != round_; });
  const size_t room = std::min(unknown.size(), kGroups - by_id_.size());
  const auto weight = [&groups](size_t index) {
    const EdgeCounters& change = groups.groups[index].sum.change;
    return std::make_pair(FailedConnections(change), change.client_payload_bytes + change.server_payload_bytes);
  };
  std::partial_sort(unknown.begin(), unknown.begin() + static_cast<std::ptrdiff_t>(room), unknown.end(),
                    [&weight](size_t a, size_t b) { return weight(a) > weight(b); });
  for (size_t i = 0; i < room; ++i) {
    TakeSample(ChangeOf(groups.groups[unknown[i]].sum, groups), seconds, &by_id_[ids[unknown[i]]]);
  }
}

void GroupHistory::TakeSample(const GroupChange& change, double seconds, Series* series) const {
  const double factor = seconds / change.seconds;
  const auto part = [factor](double value) { return static_cast<float>(value * factor); };
  series->round = round_;
  series->samples[series->count++ % kSamples] = {static_cast<float>(seconds), part(change.up_bytes),
                                                 part(change.down_bytes),     part(change.failed),
                                                 part(change.segments),       part(change.retransmitted),
                                                 part(change.responses),      part(change.response_seconds),
                                                 part(change.handshakes),     part(change.handshake_seconds)};
}

std::optional<GroupChange> GroupHistory::SumOf(uint64_t id, size_t count) const {
  const auto found = by_id_.find(id);
  if (found == by_id_.end()) return std::nullopt;
  const Series& series = found->second;
  GroupChange sum;
  for (uint64_t i = series.count - std::min<uint64_t>({count, series.count, kSamples}); i < series.count; ++i) {
    const Sample& sample = series.samples[i % kSamples];
    sum.seconds += sample.seconds;
    sum.up_bytes += sample.up_bytes;
    sum.down_bytes += sample.down_bytes;
    sum.failed += sample.failed;
    sum.segments += sample.segments;
    sum.retransmitted += sample.retransmitted;
    sum.responses += sample.responses;
    sum.response_seconds += sample.response_seconds;
    sum.handshakes += sample.handshakes;
    sum.handshake_seconds += sample.handshake_seconds;
  }
  return sum;
}

std::vector<double> GroupHistory::RatesOf(uint64_t id, size_t count) const {
  std::vector<double> rates;
  const auto found = by_id_.find(id);
  if (found == by_id_.end()) return rates;
  const Series& series = found->second;
  for (uint64_t i = series.count - std::min<uint64_t>({count, series.count, kSamples}); i < series.count; ++i) {
    const Sample& sample = series.samples[i % kSamples];
    rates.push_back(sample.seconds > 0 ? (sample.up_bytes + sample.down_bytes) / sample.seconds : 0);
  }
  return rates;
}

}  // namespace tcpgauge
