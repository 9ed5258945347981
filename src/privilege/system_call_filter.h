// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_PRIVILEGE_SYSTEM_CALL_FILTER_H_
#define TCPGAUGE_SRC_PRIVILEGE_SYSTEM_CALL_FILTER_H_

#include "absl/status/status.h"

namespace tcpgauge {

// Allows only the system calls of a running agent, for all present and future threads: memory, threads, files, stream
// and datagram sockets, the terminal. Cannot be undone. The only home of libseccomp.
//
// Refuses other programs, other processes, packet and raw sockets, other namespaces, memory that is both writable and
// executable, and input pushed into the terminal. A call of another architecture (32 bits) ends the process.
//
// Design. A refused call that a program may reasonably try fails with EPERM. All others fail with ENOSYS, as on an
// older kernel, instead of killing the process. For an attacker this makes no difference, because the call has no
// effect. For the agent it does: a library that tries a newer call falls back to the older one, and a call that is
// missing from the list fails where it is made instead of ending a production agent. `clone3` must fail with ENOSYS in
// any case, because a filter cannot read its flags, which lie in memory. The C library then uses `clone`, which the
// filter allows for threads only.
//
// REQUIRES: no_new_privs is set.
// Errors: kUnavailable.
absl::Status InstallSystemCallFilter();

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_PRIVILEGE_SYSTEM_CALL_FILTER_H_
