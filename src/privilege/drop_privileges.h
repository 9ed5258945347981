// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_PRIVILEGE_DROP_PRIVILEGES_H_
#define TCPGAUGE_SRC_PRIVILEGE_DROP_PRIVILEGES_H_

#include "absl/status/status.h"
#include "src/privilege/identity.h"

namespace tcpgauge {

// Gives up the privileges of the process in two steps: before and after it opens captures, listeners and files. The
// only home of libcap.
//
// Design. Privileges are dropped for good, and no helper process keeps them: an attacker would turn to a helper that
// opens sockets on demand. No helper is needed, because a packet socket can be bound to another interface without any
// privilege (see live_source.h), so the sockets opened at the start are reused.
//
// CAP_NET_ADMIN is usually given up at once. Promiscuous mode by PACKET_ADD_MEMBERSHIP needs no privilege beyond the
// socket. Only netfilter's log (`-i nflog`) and queue need CAP_NET_ADMIN, so for such interfaces it is kept until the
// capture is open.
//
// Thread: the only thread of the process. Capabilities belong to threads, so both functions must run before another
// thread starts.

// Gives up every capability that opening captures, listeners and files does not use. `net_admin`: keep CAP_NET_ADMIN
// too. Errors: kUnavailable.
absl::Status KeepOpeningCapabilities(bool net_admin);

// Gives up the remaining privileges. Call once everything is open. Changes groups and user as `identity` says. Drops
// every capability, also from the bounding and ambient sets. Sets no_new_privs, so that no program can give a privilege
// back. Checks with the kernel that all of this is gone. Then allows only the system calls of a running agent (see
// InstallSystemCallFilter).
//
// The bounding set can be emptied only with CAP_SETPCAP. A change of the user requires that capability. A process that
// stays an unprivileged user may lack it: no_new_privs makes its bounding set ineffective.
//
// Errors: kPermissionDenied names the missing capabilities; kUnavailable names the step that failed. The process may
// then have given up a part of its privileges, and must end.
absl::Status DropPrivileges(const Identity& identity);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_PRIVILEGE_DROP_PRIVILEGES_H_
