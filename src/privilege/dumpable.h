// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_PRIVILEGE_DUMPABLE_H_
#define TCPGAUGE_SRC_PRIVILEGE_DUMPABLE_H_

#include "absl/status/status.h"

namespace tcpgauge {

// Makes the process not dumpable (prctl(2), PR_SET_DUMPABLE), and reads back from the kernel that it is not. From then
// on, another process of the same user needs CAP_SYS_PTRACE to trace it, or to read its memory or environment in /proc.
// The kernel writes no core dump of the process.
//
// When a process starts a program, the kernel makes the process dumpable. There are two exceptions: the start changes
// the effective user or group, or the file's capabilities give the process a capability that it lacked. In these two
// cases, the sysctl fs.suid_dumpable decides. An ambient capability is no exception, so the process is dumpable (seen
// with Linux 6.18). When the process changes its user later, fs.suid_dumpable decides again. Therefore Main() (main.cc)
// calls this function before it reads the command line, and DropPrivileges() calls it again after the change.
//
// Thread: any. All threads of a process are dumpable, or none is.
// Errors: kUnavailable when the process is still dumpable.
absl::Status BecomeNotDumpable();

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_PRIVILEGE_DUMPABLE_H_
