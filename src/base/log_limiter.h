// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_BASE_LOG_LIMITER_H_
#define TCPGAUGE_SRC_BASE_LOG_LIMITER_H_

#include <atomic>
#include <cstdint>
#include <optional>

#include "src/base/clock.h"

namespace tcpgauge {

// Limits how often a message is logged: at most one line per interval. Counts the lines that were suppressed. Each
// message has a limiter of its own.
//
//   if (const std::optional<uint64_t> suppressed = limiter.Admit()) {
//     LogWarn("cannot write the connection log", {{"error", error}, {"suppressed", *suppressed}});
//   }
//
// Thread: any; no lock.
class LogLimiter {
 public:
  // The interval is in steady time. `clock` must outlive the limiter.
  LogLimiter(const Clock& clock, int64_t interval_ns) : clock_(clock), interval_ns_(interval_ns) {}

  // Returns nullopt if the caller must not log its line now. The line then counts as suppressed. Otherwise returns the
  // number of lines that were suppressed since the last admitted line. The first call admits its line.
  std::optional<uint64_t> Admit();

 private:
  static constexpr int64_t kNever = INT64_MIN;

  const Clock& clock_;
  const int64_t interval_ns_;
  std::atomic<int64_t> admitted_at_ns_{kNever};
  std::atomic<uint64_t> suppressed_{0};
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_BASE_LOG_LIMITER_H_
