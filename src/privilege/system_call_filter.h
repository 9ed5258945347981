// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_PRIVILEGE_SYSTEM_CALL_FILTER_H_
#define TCPGAUGE_SRC_PRIVILEGE_SYSTEM_CALL_FILTER_H_

#include "absl/status/status.h"

namespace tcpgauge {

// Restricts all present and future threads to the system calls that a running agent needs. These are for memory,
// threads, signals, time, files, stream and datagram sockets, netlink (addresses of interfaces and owners of sockets),
// and the terminal. Cannot be undone. No other file uses libseccomp.
//
// Refuses each call that would start another program or process, or act on another process. Refuses packet and raw
// sockets, other namespaces, memory that is both writable and executable, and input pushed into the terminal. A call by
// the convention of another architecture (32 bits) ends the thread that makes it.
//
// Design. A refused call fails instead of ending the process. To an attacker this makes no difference, because the call
// has no effect. The agent benefits in two ways. A library whose newer system call fails falls back to an older system
// call. And if a call that the agent needs is refused by mistake, only one operation fails, and the agent goes on. A
// call that would make a process or a raw or packet socket fails with EPERM, and so does each call of kRefused
// (system_call_filter.cc). So a person who looks for the reason sees that the refusal is intended. All other refused
// calls fail with ENOSYS, as on an older kernel.
//
// `clone3` must fail with ENOSYS: a filter cannot read the flags of this call, because they lie in memory. The C
// library then uses `clone`, which the filter allows for threads only.
//
// REQUIRES: no_new_privs is set.
// Errors: kUnavailable when the kernel, or a container's profile, does not allow a filter.
absl::Status InstallSystemCallFilter();

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_PRIVILEGE_SYSTEM_CALL_FILTER_H_
