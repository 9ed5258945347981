// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_BASE_LOG_LIMITER_H_
#define TCPGAUGE_SRC_BASE_LOG_LIMITER_H_

#include <atomic>
#include <cstdint>
#include <optional>

#include "src/base/clock.h"

namespace tcpgauge {

// Keeps a message that may come again and again from filling the log: lets one through per interval and counts the
// rest.
//
//   if (const std::optional<uint64_t> suppressed = limiter.Admit()) {
//     LogWarn("cannot write the connection log", {{"error", error}, {"suppressed", *suppressed}});
//   }
//
// Thread: any; no lock. One limiter per message.
class LogLimiter {
 public:
  // `clock` must outlive the limiter; its steady time counts.
  LogLimiter(const Clock& clock, int64_t interval_ns) : clock_(clock), interval_ns_(interval_ns) {}

  // How many were held back since the last that went through, when this one may; nothing when it may not.
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
