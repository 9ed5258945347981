// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_PRIVILEGE_IDENTITY_H_
#define TCPGAUGE_SRC_PRIVILEGE_IDENTITY_H_

#include <sys/types.h>

#include <optional>
#include <string>

#include "absl/status/statusor.h"

namespace tcpgauge {

// Who the process is to be once it has opened what needs privileges.
struct Identity {
  bool changes = false;  // else it stays who it is, and the rest says nothing
  std::string name;      // as the user gave it
  uid_t uid = 0;
  gid_t gid = 0;
};

// `user` is a name, UID or UID:GID; empty = stay; nullopt = the default: root becomes "tcpgauge" if there is such a
// user, else "nobody", and anybody else stays. Errors name the user: kInvalidArgument when there is none of that name,
// kFailedPrecondition when the binary is set-user-ID.
absl::StatusOr<Identity> ChooseIdentity(const std::optional<std::string>& user);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_PRIVILEGE_IDENTITY_H_
