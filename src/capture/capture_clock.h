// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_CAPTURE_CAPTURE_CLOCK_H_
#define TCPGAUGE_SRC_CAPTURE_CAPTURE_CLOCK_H_

#include <cstdint>

#include "src/base/clock.h"

namespace tcpgauge {

// The time of a live capture: the wall clock without its steps. A step is a change of the wall clock against the steady
// clock by at least half a second between two calls of Update(), for example because somebody set the clock.
//
// Connections are timed by this clock, because steps would spoil time-outs. For example, if they were timed by the
// wall clock and somebody set it an hour ahead, idle connections would end at once. If somebody set it an hour back, no
// connection would time out for an hour. Capture time follows smaller changes, for example those of adjtime(3).
//
// Thread: confined to the thread of one worker.
// Units: nanoseconds. Wall time and capture time count from the Unix epoch.
class CaptureClock {
 public:
  // Starts with capture time equal to wall time. `clock` must outlive this object.
  explicit CaptureClock(const Clock* clock);

  // Reads the clocks and detects steps. Call it before each read of packets.
  void Update();

  // Capture time at the last Update() or, if there was none, at construction. An Update() may set it back by less than
  // half a second.
  int64_t now_ns() const { return now_ns_; }

  // The capture time of a packet that the kernel stamped with the wall time `wall_ns`. For 30 s after a step, a packet
  // may have been stamped before or after that step. Of the two possible times, the result is the nearer to now_ns().
  int64_t OfPacket(int64_t wall_ns) const {
    return recently_stepped_ ? OfPacketAroundAStep(wall_ns) : wall_ns - stepped_ns_;
  }

  // The sum of all steps since construction; negative when the clock was set back. Capture time plus this sum is the
  // present wall time.
  int64_t stepped_ns() const { return stepped_ns_; }

 private:
  int64_t OfPacketAroundAStep(int64_t wall_ns) const;

  const Clock& clock_;
  int64_t wall_minus_steady_ns_;
  int64_t stepped_ns_ = 0;
  int64_t stepped_before_ns_ = 0;  // the sum without the latest step
  int64_t latest_step_at_ns_;      // steady time
  bool recently_stepped_ = false;  // the latest step was less than 30 s ago
  int64_t now_ns_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_CAPTURE_CAPTURE_CLOCK_H_
