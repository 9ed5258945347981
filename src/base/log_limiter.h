// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_BASE_LOG_LIMITER_H_
#define TCPGAUGE_SRC_BASE_LOG_LIMITER_H_

#include <atomic>
#include <cstdint>
#include <optional>

#include "src/base/clock.h"

namespace tcpgauge {

// Keeps a message that may repeat from filling the log: admits one line per interval, and counts the lines that it
// suppresses.
//
//   if (const std::optional<uint64_t> suppressed = limiter.Admit()) {
//     LogWarn("cannot write the connection log", {{"error", error}, {"suppressed", *suppressed}});
//   }
//
// Thread: any; no lock. One limiter per message.
class LogLimiter {
 public:
  // Uses the steady time of `clock`, which must outlive the limiter.
  LogLimiter(const Clock& clock, int64_t interval_ns) : clock_(clock), interval_ns_(interval_ns) {}

  // Nullopt when the line must be suppressed. Otherwise the number of lines suppressed since the last admitted one.
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
