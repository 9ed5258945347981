// SPDX-License-Identifier: Apache-2.0
#include "src/base/log_limiter.h"

namespace tcpgauge {

std::optional<uint64_t> LogLimiter::Admit() {
  const int64_t now_ns = clock_.SteadyNanoseconds();
  int64_t last_ns = admitted_at_ns_.load();
  const bool due = last_ns == kNever || now_ns - last_ns >= interval_ns_;
  // Several threads may find the line due; the one that updates the time may log it.
  if (due && admitted_at_ns_.compare_exchange_strong(last_ns, now_ns)) return suppressed_.exchange(0);
  suppressed_.fetch_add(1);
  return std::nullopt;
}

}  // namespace tcpgauge
