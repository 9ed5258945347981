// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_PRIVILEGE_DUMPABLE_H_
#define TCPGAUGE_SRC_PRIVILEGE_DUMPABLE_H_

#include "absl/status/status.h"

namespace tcpgauge {

// Makes the process not dumpable (prctl(2), PR_SET_DUMPABLE), and reads back from the kernel that it is not. From then
// on, another process of the same user can neither trace it nor read its memory or environment in /proc. The kernel
// writes no core dump of it.
//
// The kernel makes a process dumpable at its start, unless the start changes its user. This was also seen of a process
// that gets a file capability or an ambient one (Linux 6.18). A later change of the user sets the property to the value
// of sysctl fs.suid_dumpable. Therefore main() calls this function first, and DropPrivileges() calls it again after the
// change.
//
// Thread: any. The property belongs to the process.
// Errors: kUnavailable when the process is still dumpable.
absl::Status BecomeNotDumpable();

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_PRIVILEGE_DUMPABLE_H_
