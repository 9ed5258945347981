// SPDX-License-Identifier: Apache-2.0
#include "src/capture/capture_clock.h"

#include <cstdlib>

namespace tcpgauge {
namespace {

// Without a step, the difference of the two clocks changes by less than this from one Update() to the next: slewing
// changes it by at most a thousandth, but the thread may lose the processor between reading one clock and the other.
constexpr int64_t kMinStepNs = kNanosecondsPerSecond / 2;

// Packets that were stamped before a step may wait in the capture buffer for this long.
constexpr int64_t kRecentNs = 30 * kNanosecondsPerSecond;

}  // namespace

CaptureClock::CaptureClock(const Clock* clock)
    : clock_(*clock),
      wall_minus_steady_ns_(clock->WallNanoseconds() - clock->SteadyNanoseconds()),
      latest_step_at_ns_(clock->SteadyNanoseconds()),
      now_ns_(clock->WallNanoseconds()) {}

void CaptureClock::Update() {
  const int64_t steady_ns = clock_.SteadyNanoseconds();
  const int64_t wall_ns = clock_.WallNanoseconds();
  const int64_t difference_ns = wall_ns - steady_ns;
  const int64_t change_ns = difference_ns - wall_minus_steady_ns_;
  wall_minus_steady_ns_ = difference_ns;
  if (std::llabs(change_ns) >= kMinStepNs) {
    stepped_before_ns_ = stepped_ns_;
    stepped_ns_ += change_ns;
    latest_step_at_ns_ = steady_ns;
    recently_stepped_ = true;
  } else if (recently_stepped_) {
    recently_stepped_ = steady_ns - latest_step_at_ns_ < kRecentNs;
  }
  now_ns_ = wall_ns - stepped_ns_;
}

int64_t CaptureClock::OfPacketAroundAStep(int64_t wall_ns) const {
  const int64_t stamped_after = wall_ns - stepped_ns_;
  const int64_t stamped_before = wall_ns - stepped_before_ns_;
  return std::llabs(stamped_after - now_ns_) <= std::llabs(stamped_before - now_ns_) ? stamped_after : stamped_before;
}

}  // namespace tcpgauge
