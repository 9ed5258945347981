// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_BASE_PATIENCE_H_
#define TCPGAUGE_SRC_BASE_PATIENCE_H_

#include <atomic>
#include <cstdint>
#include <limits>

#include "src/base/clock.h"
#include "src/base/haste.h"
#include "src/base/time_units.h"

namespace tcpgauge {

// Says how long an output waits for its reader:
//
// - While the process runs, the output waits without limit, because a reader such as a pager may pause for an hour.
// - After BeginEnd(), the output waits as long as the reader makes progress. The output gives up on a reader that takes
//   no byte for kStallNs.
// - In haste (see Haste), the output gives up at Haste::deadline_ns() at the latest.
//
// Thread: any.
class Patience {
 public:
  static constexpr int64_t kStallNs = 5 * kNanosecondsPerSecond;
  static constexpr int64_t kNoLimit = std::numeric_limits<int64_t>::max();

  // `clock` and `haste` must outlive this object.
  Patience(const Clock* clock, const Haste* haste) : clock_(*clock), haste_(*haste) {}

  // Says that the process begins to end. Further calls have no effect.
  void BeginEnd();
  // Says that the reader has taken bytes.
  void NoteProgress() { progress_ns_.store(clock_.SteadyNanoseconds(), std::memory_order_relaxed); }

  // Returns how long to wait from now on: 0 = not at all, kNoLimit = without limit. Wait in short steps, and call
  // LeftNs() again after each step, because the process may begin to end meanwhile.
  int64_t LeftNs() const;

 private:
  static constexpr int64_t kNotYet = std::numeric_limits<int64_t>::min();

  const Clock& clock_;
  const Haste& haste_;
  std::atomic<int64_t> end_begun_ns_{kNotYet};
  std::atomic<int64_t> progress_ns_{kNotYet};
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_BASE_PATIENCE_H_
