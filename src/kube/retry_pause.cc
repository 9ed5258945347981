// SPDX-License-Identifier: Apache-2.0
#include "src/kube/retry_pause.h"

#include <algorithm>

#include "src/base/split_mix.h"

namespace tcpgauge {
namespace {

constexpr int kMaxDoublings = 20;

}  // namespace

int64_t RetryPause::AfterFailure(std::optional<int64_t> retry_after_seconds) {
  const int64_t back_off_ns = BackOff();
  if (!retry_after_seconds.has_value()) return back_off_ns;
  const int64_t max_seconds = options_.max_retry_after_ns / kNanosecondsPerSecond;
  const int64_t asked_ns = std::clamp<int64_t>(*retry_after_seconds, 1, max_seconds) * kNanosecondsPerSecond;
  return asked_ns + static_cast<int64_t>(options_.random() * 0.5 * static_cast<double>(asked_ns));
}

int64_t RetryPause::AfterExpiry() {
  const int64_t back_off_ns = failures_ > 0 ? BackOff() : 0;
  ++failures_;
  return back_off_ns + static_cast<int64_t>(options_.random() * static_cast<double>(options_.relist_spread_ns));
}

int64_t RetryPause::BackOff() {
  const int64_t factor = int64_t{1} << std::min(failures_, kMaxDoublings);
  ++failures_;
  const int64_t whole_ns = std::min(options_.first_ns * factor, options_.max_ns);
  return static_cast<int64_t>((0.5 + options_.random()) * static_cast<double>(whole_ns));
}

int64_t FirstRequestNs(std::string_view node_name, int64_t spread_ns) {
  if (spread_ns <= 0) return 0;
  uint64_t hash = 0;
  for (const char c : node_name) hash = SplitMix(hash ^ static_cast<unsigned char>(c)).Next();
  return static_cast<int64_t>(hash % static_cast<uint64_t>(spread_ns));
}

}  // namespace tcpgauge
