// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_CAPTURE_CAPTURE_CLOCK_H_
#define TCPGAUGE_SRC_CAPTURE_CAPTURE_CLOCK_H_

#include <cstdint>

#include "src/base/clock.h"

namespace tcpgauge {

// The time of a live capture: the wall clock's, without the steps that somebody sets it by. So an hour forward ends no
// connection, and an hour back stops nothing. Where the wall clock is only slewed (adjtime(3)), it is followed.
//
// Thread: confined to one worker. All times are nanoseconds; "wall" is the Unix epoch's.
class CaptureClock {
 public:
  explicit CaptureClock(const Clock* clock);

  // Looks whether the wall clock was set. Call before packets are read.
  void Update();

  // Capture time; never steps back by more than a slew.
  int64_t now_ns() const { return now_ns_; }

  // The capture time of a packet that was stamped by the wall clock at `wall_ns`, shortly before Update() or after.
  int64_t OfPacket(int64_t wall_ns) const {
    return recently_stepped_ ? OfPacketAroundAStep(wall_ns) : wall_ns - stepped_ns_;
  }

  // What to add to capture time to get today's wall time: all steps so far.
  int64_t stepped_ns() const { return stepped_ns_; }

 private:
  int64_t OfPacketAroundAStep(int64_t wall_ns) const;

  const Clock& clock_;
  int64_t wall_minus_steady_ns_;
  int64_t stepped_ns_ = 0;
  int64_t stepped_before_ns_ = 0;  // until the latest step
  int64_t latest_step_at_ns_;      // steady time
  bool recently_stepped_ = false;
  int64_t now_ns_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_CAPTURE_CAPTURE_CLOCK_H_
