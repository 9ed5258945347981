// SPDX-License-Identifier: Apache-2.0
#include "src/agent/exit_status.h"

#include <cstdlib>

#include "src/base/shortage.h"

namespace tcpgauge {

int ExitStatusOf(const absl::Status& status) {
  if (status.ok()) return EXIT_SUCCESS;
  const bool is_usage = absl::IsInvalidArgument(status) && !LimitNamedBy(status.message()).has_value();
  return is_usage ? kExitUsage : kExitFailure;
}

}  // namespace tcpgauge
