// SPDX-License-Identifier: Apache-2.0
#include "src/snapshot/admission_budget.h"

#include <algorithm>

#include "src/base/check.h"
#include "src/base/time_units.h"

namespace tcpgauge {

void AdmissionBudget::Begin(int64_t first_connection_ns) {
  has_begun_ = true;
  begin_ns_ = first_connection_ns;
}

void AdmissionBudget::AdvanceTime(int64_t now_ns) {
  now_ns_ = std::max(now_ns_, now_ns);
  in_first_window_ = in_first_window_ && now_ns_ - begin_ns_ < window_ns_;
  while (!recent_.empty() && now_ns_ - recent_.front().time_ns > 60 * kNanosecondsPerSecond) {
    --counts_[static_cast<size_t>(recent_.front().kind)];
    recent_.pop_front();
  }
}

size_t AdmissionBudget::left_for_ended() const { return LeftOfHalf(count(Kind::kEnded)); }

size_t AdmissionBudget::left_beside_old() const { return LeftOfHalf(count(Kind::kYoung) + count(Kind::kEnded)); }

void AdmissionBudget::Spend(Kind kind) {
  TCPGAUGE_CHECK(left() > 0);
  ++admissions_;
  if (in_first_window_) return;
  recent_.push_back({now_ns_, kind});
  ++counts_[static_cast<size_t>(kind)];
}

size_t AdmissionBudget::LeftOfHalf(size_t spent) const {
  if (in_first_window_) return left();
  const size_t half = per_minute_ / 2;
  return std::min(left(), half - std::min(half, spent));
}

}  // namespace tcpgauge
