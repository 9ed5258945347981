// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_BASE_HASTE_H_
#define TCPGAUGE_SRC_BASE_HASTE_H_

#include <atomic>
#include <cstdint>
#include <limits>

#include "src/base/stop_signal.h"
#include "src/base/time_units.h"

namespace tcpgauge {

// Tells threads that the process must end in haste: within a second, even if nobody reads its outputs. EndSoon() begins
// the haste, for example after SIGTERM. Work that may wait for another process, such as the connection log and the last
// push, then ends at deadline_ns().
//
// Without haste, for example at the end of a file, such work may take longer. Haste may also begin later, while the
// process already ends.
//
// Thread: any. A signal handler may call Begin().
// Time: steady time of SystemClock().
// Errors: those of StopSignal.
class Haste {
 public:
  // The time from Begin() to the deadline. The rest of the second is for steps that cannot be cut short: threads are
  // joined, and packet sockets are closed, which takes the kernel 20 ms or more.
  static constexpr int64_t kWorkNs = 800 * kNanosecondsPerMillisecond;

  // Begins the haste, and returns true. A further call has no effect and returns false.
  bool Begin();

  bool begun() const { return deadline_ns() != kNever; }
  // Returns the time at which the work must end. Before Begin(), returns INT64_MAX.
  int64_t deadline_ns() const;

  // A descriptor that becomes readable at Begin() and stays readable. Poll it, but do not read from it.
  int fd() const { return begun_.fd(); }

 private:
  static constexpr int64_t kNever = std::numeric_limits<int64_t>::max();

  std::atomic<int64_t> deadline_ns_{kNever};
  StopSignal begun_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_BASE_HASTE_H_
