// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_PRIVILEGE_SYSTEM_CALL_FILTER_H_
#define TCPGAUGE_SRC_PRIVILEGE_SYSTEM_CALL_FILTER_H_

#include "absl/status/status.h"

namespace tcpgauge {

// From now on, for all threads that are and will be, only the system calls of a running agent: memory, threads, files,
// stream and datagram sockets, the terminal. libseccomp's only home.
//
// No other program, no other process, no packet or raw socket, no other namespace, no memory that is both writable and
// executable, nothing pushed into the terminal's input. Those of them that a program may reasonably try fail with
// EPERM. All that nobody thought of fails with ENOSYS, as on an older kernel: libraries know how to do without, and a
// call that was forgotten here ends no production agent; to an attacker the two are the same as being killed, for
// nothing was done. Calls of another architecture (32 bits) end the process.
//
// REQUIRES: no_new_privs is set. Errors: kUnavailable.
absl::Status InstallSystemCallFilter();

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_PRIVILEGE_SYSTEM_CALL_FILTER_H_
