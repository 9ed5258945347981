// SPDX-License-Identifier: Apache-2.0
#include "src/base/haste.h"

#include "src/base/clock.h"

namespace tcpgauge {

bool Haste::Begin() {
  int64_t never = kNever;
  if (!deadline_ns_.compare_exchange_strong(never, SystemClock().SteadyNanoseconds() + kWorkNs)) return false;
  begun_.Stop();
  return true;
}

int64_t Haste::deadline_ns() const { return deadline_ns_.load(std::memory_order_acquire); }

}  // namespace tcpgauge
