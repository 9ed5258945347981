// SPDX-License-Identifier: Apache-2.0
#include "src/privilege/dumpable.h"

#include <errno.h>
#include <string.h>
#include <sys/prctl.h>

#include "absl/strings/str_cat.h"

namespace tcpgauge {

absl::Status BecomeNotDumpable() {
  if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) {
    return absl::UnavailableError(absl::StrCat("cannot become not dumpable (prctl): ", strerror(errno)));
  }
  if (prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0) return absl::OkStatus();
  return absl::UnavailableError("cannot become not dumpable (prctl): the kernel did not change it");
}

}  // namespace tcpgauge
