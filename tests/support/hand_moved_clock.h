// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TESTS_SUPPORT_HAND_MOVED_CLOCK_H_
#define TCPGAUGE_TESTS_SUPPORT_HAND_MOVED_CLOCK_H_

#include <cstdint>

#include "src/base/clock.h"

namespace tcpgauge {

// A clock that stands still until a test moves it. At first the wall clock shows 2023-11-14 22:13:20 UTC, and the
// steady clock 0.
//
// Thread: confined to one.
class HandMovedClock final : public Clock {
 public:
  int64_t WallNanoseconds() const override { return kStartNs + stepped_ns_ + now_ns_; }
  int64_t SteadyNanoseconds() const override { return now_ns_; }

  // Moves both clocks ahead by `ns` nanoseconds.
  void Move(int64_t ns) { now_ns_ += ns; }
  // Sets the wall clock ahead by `ns` nanoseconds, or back if `ns` is negative, as an administrator does. The steady
  // clock stays.
  void StepWall(int64_t ns) { stepped_ns_ += ns; }

 private:
  static constexpr int64_t kStartNs = 1700000000000000000;
  int64_t stepped_ns_ = 0;
  int64_t now_ns_ = 0;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_TESTS_SUPPORT_HAND_MOVED_CLOCK_H_
