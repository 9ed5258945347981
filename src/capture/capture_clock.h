// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_CAPTURE_CAPTURE_CLOCK_H_
#define TCPGAUGE_SRC_CAPTURE_CAPTURE_CLOCK_H_

#include <cstdint>

#include "src/base/clock.h"

namespace tcpgauge {

// The time of a live capture: the wall clock without its steps. A step is a change of at least half a second, as when
// somebody sets the clock. Without steps, a clock set an hour ahead ends no connection, and a clock set back an hour
// stops no time-out. Capture time follows smaller changes, as when adjtime(3) slews the wall clock.
//
// Thread: confined to one worker.
// Units: nanoseconds. Wall time and capture time count from the Unix epoch.
class CaptureClock {
 public:
  // `clock` must outlive it.
  explicit CaptureClock(const Clock* clock);

  // Reads the clocks and detects steps. Call it before packets are read.
  void Update();

  // Capture time at the last Update(). It may step back by less than half a second.
  int64_t now_ns() const { return now_ns_; }

  // The capture time of a packet that the wall clock stamped with `wall_ns`, shortly before or after the last Update().
  int64_t OfPacket(int64_t wall_ns) const {
    return recently_stepped_ ? OfPacketAroundAStep(wall_ns) : wall_ns - stepped_ns_;
  }

  // The sum of all steps. Capture time plus this sum is the present wall time.
  int64_t stepped_ns() const { return stepped_ns_; }

 private:
  int64_t OfPacketAroundAStep(int64_t wall_ns) const;

  const Clock& clock_;
  int64_t wall_minus_steady_ns_;
  int64_t stepped_ns_ = 0;
  int64_t stepped_before_ns_ = 0;  // the sum without the latest step
  int64_t latest_step_at_ns_;      // steady time
  bool recently_stepped_ = false;
  int64_t now_ns_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_CAPTURE_CAPTURE_CLOCK_H_
