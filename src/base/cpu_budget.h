// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_BASE_CPU_BUDGET_H_
#define TCPGAUGE_SRC_BASE_CPU_BUDGET_H_

#include <cstdint>
#include <functional>
#include <utility>

namespace tcpgauge {

// Returns the processor time that the calling thread has used since its start, in nanoseconds
// (CLOCK_THREAD_CPUTIME_ID). Costs a system call, some 0.3 us.
int64_t ThreadCpuNanoseconds();

// Bounds the processor time of a piece of work that one thread does. The work calls IsSpent() again and again, and ends
// itself when the result is true.
//
// Design. Steady time would also count the time in which the work waits for a processor. On a busy machine that wait
// may be much longer than the computation, and the work must not fail because of the wait.
//
// Thread: confined to the thread that makes the object.
class CpuBudget {
 public:
  // Returns the processor time of the calling thread, in nanoseconds since an arbitrary start. Never steps back.
  using CpuClock = std::function<int64_t()>;

  // The work starts now, and may take `budget_ns` nanoseconds. Tests pass a clock that they move by hand.
  explicit CpuBudget(int64_t budget_ns, CpuClock clock = ThreadCpuNanoseconds)
      : clock_(std::move(clock)), end_ns_(clock_() + budget_ns) {}

  // Returns whether the work has taken the budget or more.
  bool IsSpent() const { return clock_() >= end_ns_; }

 private:
  const CpuClock clock_;
  const int64_t end_ns_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_BASE_CPU_BUDGET_H_
