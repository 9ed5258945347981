// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_BASE_CLOCK_H_
#define TCPGAUGE_SRC_BASE_CLOCK_H_

#include <cstdint>

#include "src/base/time_units.h"  // users of the clock need these constants too

namespace tcpgauge {

// Tells the time. Tests pass a clock that they move by hand.
// Thread: any.
class Clock {
 public:
  virtual ~Clock() = default;

  // Nanoseconds since the Unix epoch. Steps forward or back when the administrator or NTP sets the clock.
  virtual int64_t WallNanoseconds() const = 0;

  // Nanoseconds since an arbitrary start. Never steps back.
  virtual int64_t SteadyNanoseconds() const = 0;
};

// Returns the operating system's clocks (CLOCK_REALTIME and CLOCK_MONOTONIC). The object lives as long as the process.
const Clock& SystemClock();

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_BASE_CLOCK_H_
