// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_PRIVILEGE_SYSTEM_CALL_FILTER_H_
#define TCPGAUGE_SRC_PRIVILEGE_SYSTEM_CALL_FILTER_H_

#include "absl/status/status.h"

namespace tcpgauge {

// From now on, for all threads that are and will be, only the system calls of a running agent: memory, threads, files,
// stream and datagram sockets, the terminal. libseccomp's only home.
//
// Refused: other programs, other processes, packet and raw sockets, other namespaces, memory that is both writable and
// executable, and input pushed into the terminal. Calls of another architecture (32 bits) end the process.
//
// Design. A refused call that a program may reasonably try fails with EPERM. All others fail with ENOSYS, as on an
// older kernel, instead of killing the process. To an attacker the two are the same, for the call does nothing. To the
// agent they are not: a library that tries a newer call falls back to the older one, and a call that this list forgot
// fails where it is made instead of ending a production agent. `clone3` must fail so in any case, because its flags lie
// in memory where no filter can look; the C library then uses `clone`, of which only threads are allowed.
//
// REQUIRES: no_new_privs is set.
// Errors: kUnavailable.
absl::Status InstallSystemCallFilter();

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_PRIVILEGE_SYSTEM_CALL_FILTER_H_
