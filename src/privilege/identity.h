// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_PRIVILEGE_IDENTITY_H_
#define TCPGAUGE_SRC_PRIVILEGE_IDENTITY_H_

#include <sys/types.h>

#include <optional>
#include <string>

#include "absl/status/statusor.h"

namespace tcpgauge {

// The user that the process becomes once it has opened everything that needs privileges.
struct Identity {
  bool changes = false;  // false = the user stays, and the other members mean nothing
  std::string name;      // as given on the command line, or the default
  uid_t uid = 0;
  gid_t gid = 0;
};

// `user` is a name, UID or UID:GID. Empty means no change. Nullopt means the default: root becomes "tcpgauge" if that
// user exists, and otherwise "nobody"; any other user stays.
// Errors: kInvalidArgument names a user that does not exist. kFailedPrecondition when the binary is set-user-ID or
// set-group-ID.
absl::StatusOr<Identity> ChooseIdentity(const std::optional<std::string>& user);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_PRIVILEGE_IDENTITY_H_
