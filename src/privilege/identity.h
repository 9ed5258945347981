// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_PRIVILEGE_IDENTITY_H_
#define TCPGAUGE_SRC_PRIVILEGE_IDENTITY_H_

#include <sys/types.h>

#include <optional>
#include <string>

#include "absl/status/statusor.h"

namespace tcpgauge {

// The user that the process becomes once it has opened everything that needs privileges. Has nothing to do with the
// identities of src/naming. A plain value.
struct Identity {
  bool changes = false;  // false = the process keeps its user and groups, and the other members mean nothing
  std::string name;      // as given on the command line, or the default
  uid_t uid = 0;
  gid_t gid = 0;
};

// Returns the user that the process becomes. `user` is the value of --user:
//
// - A name, UID or UID:GID: that user. A name brings the user's primary group. Numbers need not belong to a known user,
//   and a UID alone is used as the GID too.
// - A name or numbers of the user and group that the process already has: no change. Exception: for root, `changes` is
//   true, because root must still give up its supplementary groups.
// - Empty: no change.
// - Nullopt (--user is not given): root becomes "tcpgauge" if that user exists, and otherwise "nobody". Any other user
//   stays.
//
// Errors: kInvalidArgument when the user does not exist; the message names the user. kNotFound when `user` is nullopt,
// the process is root, and the host has neither of the two users. kFailedPrecondition when the binary is set-user-ID or
// set-group-ID, whatever `user` is.
absl::StatusOr<Identity> ChooseIdentity(const std::optional<std::string>& user);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_PRIVILEGE_IDENTITY_H_
