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
    others_ -= !recent_.front().is_old;
    recent_.pop_front();
  }
}

size_t AdmissionBudget::left_for_others() const {
  if (in_first_window_) return left();
  return std::min(left(), per_minute_ / 2 - others_);
}

void AdmissionBudget::Spend(bool is_old) {
  TCPGAUGE_CHECK((is_old ? left() : left_for_others()) > 0);
  ++admissions_;
  if (in_first_window_) return;
  recent_.push_back({now_ns_, is_old});
  others_ += !is_old;
}

}  // namespace tcpgauge
