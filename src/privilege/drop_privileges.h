// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_PRIVILEGE_DROP_PRIVILEGES_H_
#define TCPGAUGE_SRC_PRIVILEGE_DROP_PRIVILEGES_H_

#include "absl/status/status.h"
#include "src/privilege/identity.h"

namespace tcpgauge {

// The two steps from what the process was started with to next to nothing. libcap's only home.
//
// Design. Privileges are dropped for good, and no helper process keeps them: a helper that opens sockets on demand
// would be the thing to attack. None is needed, because a packet socket can be bound to another interface without any
// privilege (see live_source.h), so the sockets of the start are kept.
//
// CAP_NET_ADMIN is not used. Promiscuous mode by PACKET_ADD_MEMBERSHIP needs nothing beyond the socket. Only
// netfilter's log (`-i nflog`) needs it, and for such names alone it is kept until the capture is open.
//
// Thread: the only one there is. Capabilities belong to threads, so both must run before any other begins.

// Gives up every capability that opening captures, listeners and files does not use. CAP_NET_ADMIN stays only with
// `net_admin`: the kernel lets a packet socket be promiscuous without it. Errors: kUnavailable.
absl::Status KeepOpeningCapabilities(bool net_admin);

// Gives up all the rest, once everything is open: groups, user and every capability, in the bounding and ambient sets
// as well; then no program can give any back (no_new_privs), and only the system calls of a running agent are left (see
// InstallSystemCallFilter). What cannot be undone is looked at afterwards.
//
// The bounding set can be emptied only with CAP_SETPCAP. Who changes the user must have it; for who stays an
// unprivileged user, no_new_privs makes it void.
//
// Errors say what lacks: kPermissionDenied, kUnavailable. The process may then have given up a part, and must end.
absl::Status DropPrivileges(const Identity& identity);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_PRIVILEGE_DROP_PRIVILEGES_H_
