// SPDX-License-Identifier: Apache-2.0
#include "src/base/patience.h"

#include <algorithm>

namespace tcpgauge {

void Patience::BeginEnd() {
  int64_t not_yet = kNotYet;
  end_begun_ns_.compare_exchange_strong(not_yet, clock_.SteadyNanoseconds());
}

int64_t Patience::LeftNs() const {
  int64_t deadline_ns = haste_.deadline_ns();
  if (const int64_t end_begun_ns = end_begun_ns_.load(); end_begun_ns != kNotYet) {
    deadline_ns = std::min(deadline_ns, std::max(end_begun_ns, progress_ns_.load()) + kStallNs);
  }
  return deadline_ns == kNoLimit ? kNoLimit : std::max<int64_t>(deadline_ns - clock_.SteadyNanoseconds(), 0);
}

}  // namespace tcpgauge
