// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_PRIVILEGE_DROP_PRIVILEGES_H_
#define TCPGAUGE_SRC_PRIVILEGE_DROP_PRIVILEGES_H_

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "src/privilege/identity.h"

namespace tcpgauge {

// Gives up the privileges of the process in two calls: KeepOpeningCapabilities() before the agent opens captures,
// listeners and files, and DropPrivileges() after that. No other file uses libcap.
//
// Design. Privileges are dropped for good. A helper process that keeps them and opens sockets on demand was rejected,
// because an attacker could ask the helper too. No helper is needed: when an interface appears later, the agent binds a
// socket that was opened at the start. Binding takes no privilege (see live_source.h).
//
// CAP_NET_ADMIN is usually given up in the first call, because a packet socket can request promiscuous mode without it
// (PACKET_ADD_MEMBERSHIP). Only netfilter's log and queue (`-i nflog`, `-i nfqueue`) need CAP_NET_ADMIN. For these
// interfaces it is kept until the captures are open.
//
// Thread: the only thread of the process. Capabilities belong to threads, so another thread would keep what this thread
// gives up. Each of these functions ends the process if /proc shows another thread.

// Calls `act`. If the user of the process is not root, no capability is effective during the call. So a program with
// file capabilities reads what its user may read, and no more. Root keeps its capabilities. Errors: kUnavailable. If
// the capabilities cannot be given up, `act` is not called. If they cannot be taken back, the process must end.
absl::Status ActAsPlainUser(absl::FunctionRef<void()> act);

// Gives up every capability except those that opening captures, listeners and files may use, and those that
// DropPrivileges() uses. `net_admin` says whether to keep CAP_NET_ADMIN too. A capability that the process lacks stays
// missing, which is not an error. Errors: kUnavailable.
absl::Status KeepOpeningCapabilities(bool net_admin);

// Gives up the remaining privileges. Call it once, when everything is open. Its steps:
//
// 1. Drops every capability from the bounding set, if CAP_SETPCAP allows it.
// 2. If identity.changes, takes the user and group of `identity`, and gives up all supplementary groups. This change
//    may make the process dumpable, so the step calls BecomeNotDumpable() again. Until then, the permitted capabilities
//    keep other processes of the new user out.
// 3. Drops every capability from the other sets, ambient capabilities included.
// 4. Sets no_new_privs, so that no program can give a privilege back.
// 5. Makes the process not dumpable (BecomeNotDumpable()), because other processes of the same user must not read its
//    memory.
// 6. Checks with the kernel that the privileges are gone.
// 7. Allows only the system calls of a running agent (InstallSystemCallFilter()).
//
// A change of the user requires CAP_SETPCAP, CAP_SETUID and CAP_SETGID. A process that keeps its user may lack
// CAP_SETPCAP: no_new_privs makes its bounding set ineffective.
//
// Errors: kPermissionDenied names the missing capabilities. kUnavailable names the step that failed. After an error the
// process may have given up a part of its privileges, and must end.
absl::Status DropPrivileges(const Identity& identity);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_PRIVILEGE_DROP_PRIVILEGES_H_
