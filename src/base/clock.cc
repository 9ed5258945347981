// SPDX-License-Identifier: Apache-2.0
#include "src/base/clock.h"

#include <time.h>

namespace tcpgauge {
namespace {

int64_t Read(clockid_t id) {
  timespec now;
  clock_gettime(id, &now);
  return now.tv_sec * kNanosecondsPerSecond + now.tv_nsec;
}

class OperatingSystemClock final : public Clock {
 public:
  int64_t WallNanoseconds() const override { return Read(CLOCK_REALTIME); }
  int64_t SteadyNanoseconds() const override { return Read(CLOCK_MONOTONIC); }
};

}  // namespace

const Clock& SystemClock() {
  static const OperatingSystemClock clock;
  return clock;
}

}  // namespace tcpgauge
