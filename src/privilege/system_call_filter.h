// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_PRIVILEGE_SYSTEM_CALL_FILTER_H_
#define TCPGAUGE_SRC_PRIVILEGE_SYSTEM_CALL_FILTER_H_

#include "absl/status/status.h"

namespace tcpgauge {

// Allows only the system calls of a running agent, for all present and future threads: memory, threads, signals, time,
// files, stream and datagram sockets, the terminal. Cannot be undone. No other file uses libseccomp.
//
// Refuses each call that would start another program or process, or act on another process. Refuses packet and raw
// sockets, other namespaces, memory that is both writable and executable, and input pushed into the terminal. A call by
// the convention of another architecture (32 bits) ends the thread that makes it.
//
// Design. A refused call fails instead of ending the process. To an attacker this makes no difference, because the call
// has no effect. To the agent it does. A library whose newer call fails falls back to an older one. And if the list of
// allowed calls lacks one by mistake, one operation fails, and a production agent goes on. Calls that are refused on
// purpose fail with EPERM, so that a person who looks for the reason sees that the refusal is intended. All others fail
// with ENOSYS, as on an older kernel.
//
// `clone3` must fail with ENOSYS: a filter cannot read the flags of this call, because they lie in memory. The C
// library then uses `clone`, which the filter allows for threads only.
//
// REQUIRES: no_new_privs is set.
// Errors: kUnavailable when the kernel, or a container's profile, does not allow a filter.
absl::Status InstallSystemCallFilter();

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_PRIVILEGE_SYSTEM_CALL_FILTER_H_
