// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_RTT_MINIMUM_H_
#define TCPGAUGE_SRC_FLOW_RTT_MINIMUM_H_

#include <algorithm>
#include <cstdint>

#include "src/base/time_units.h"
#include "src/flow/packed_duration.h"

namespace tcpgauge {

// The least round-trip time between the observer and one end of a connection, among the samples of the last 30 to 60
// seconds. As long as no new sample comes, the minimum stays. So a connection that falls silent keeps its value.
//
// Windows. Time is divided into windows of kWindowNs. The minimum is the least sample of the current window and of the
// window before it. The windows move on only when a sample is added.
//
// A plain value. All its bytes are zero before the first sample.
// Thread: confined to one thread.
// Time: table time (see ConnectionTable), in nanoseconds. The time of a call may be up to a window earlier than the
// time of the call before. Its sample then counts in the current window. The windows' numbers wrap after 22 days. So
// the sample that ends a silence of 22 days may count in the old window or the next one. The old minimum then stays for
// up to 90 seconds more.
struct RttMinimum {
  static constexpr int64_t kWindowNs = 30 * kNanosecondsPerSecond;

  PackedDuration current;  // the least sample of the current window
  PackedDuration last;     // the least sample of the window before the current one
  uint16_t window;         // the number of the current window, modulo 2^16

  // Adds a sample, in microseconds, that ended at `time_ns`.
  void Add(uint32_t sample_us, int64_t time_ns) {
    const PackedDuration sample = PackDuration(sample_us);
    const auto now = static_cast<uint16_t>(time_ns / kWindowNs);
    const auto windows = static_cast<int16_t>(now - window);
    if (current != kNoDuration && (windows == 0 || windows == -1)) {
      current = std::min(current, sample);
      return;
    }
    last = windows == 1 ? current : kNoDuration;
    current = sample;
    window = now;
  }

  // Adds a sample that may include the delay of an acknowledgment. Such a sample is used only if there is a minimum,
  // and the sample is below it.
  void AddMaybeDelayed(uint32_t sample_us, int64_t time_ns) {
    if (PackDuration(sample_us) < Least()) Add(sample_us, time_ns);
  }

  // Returns the minimum; kNoDuration before the first sample.
  PackedDuration Least() const {
    if (last == kNoDuration) return current;
    return std::min(current, last);
  }
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_RTT_MINIMUM_H_
