// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_BASE_CLOCK_H_
#define TCPGAUGE_SRC_BASE_CLOCK_H_

#include <cstdint>

#include "src/base/time_units.h"  // users of the clock need these constants too

namespace tcpgauge {

// The source of the time. Tests pass a clock that they move by hand.
// Thread: any.
class Clock {
 public:
  virtual ~Clock() = default;

  // Nanoseconds since the Unix epoch; may step either way when the administrator or NTP sets the clock.
  virtual int64_t WallNanoseconds() const = 0;

  // Nanoseconds since an arbitrary start; never steps back.
  virtual int64_t SteadyNanoseconds() const = 0;
};

// The operating system's clocks. Lives as long as the process.
const Clock& SystemClock();

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_BASE_CLOCK_H_
