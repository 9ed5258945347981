// SPDX-License-Identifier: Apache-2.0
#include "src/base/cpu_budget.h"

#include <time.h>

#include "src/base/time_units.h"

namespace tcpgauge {

int64_t ThreadCpuNanoseconds() {
  timespec used{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
  return used.tv_sec * kNanosecondsPerSecond + used.tv_nsec;
}

}  // namespace tcpgauge
