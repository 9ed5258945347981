// SPDX-License-Identifier: Apache-2.0
#include "src/flow/edge_budget.h"

#include <algorithm>

#include "src/base/time_units.h"

namespace tcpgauge {
namespace {

constexpr int64_t kMinuteNs = 60 * kNanosecondsPerSecond;

size_t Difference(size_t a, size_t b) { return a > b ? a - b : 0; }

}  // namespace

EdgeBudget::EdgeBudget(std::optional<size_t> per_minute)
    : per_minute_(per_minute.value_or(SIZE_MAX)), ring_(per_minute.value_or(0)) {}

size_t EdgeBudget::Left(EdgeMerit merit, int64_t now_ns) {
  if (per_minute_ == SIZE_MAX) return SIZE_MAX;
  while (size_ > 0 && now_ns - ring_[first_].time_ns >= kMinuteNs) {
    --taken_[static_cast<size_t>(ring_[first_].merit)];
    first_ = (first_ + 1) % ring_.size();
    --size_;
  }
  const size_t left = per_minute_ - size_;
  if (merit == EdgeMerit::kFailing) return left;
  const size_t failing = taken_[static_cast<size_t>(EdgeMerit::kFailing)];
  const size_t unreserved = Difference(per_minute_ - per_minute_ / 3, size_ - failing);
  if (merit == EdgeMerit::kHeavy) return std::min(left, unreserved);
  const size_t light = taken_[static_cast<size_t>(EdgeMerit::kLight)];
  return std::min({left, unreserved, Difference((per_minute_ + 1) / 2, light)});
}

bool EdgeBudget::TryTake(EdgeMerit merit, int64_t now_ns) {
  if (Left(merit, now_ns) == 0) return false;
  if (per_minute_ == SIZE_MAX) return true;
  ring_[(first_ + size_) % ring_.size()] = {now_ns, merit};
  ++size_;
  ++taken_[static_cast<size_t>(merit)];
  return true;
}

}  // namespace tcpgauge
