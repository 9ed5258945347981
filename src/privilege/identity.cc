// SPDX-License-Identifier: Apache-2.0
#include "src/privilege/identity.h"

#include <pwd.h>
#include <unistd.h>

#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace tcpgauge {
namespace {

std::optional<Identity> FindUser(const std::string& name) {
  const passwd* const user = getpwnam(name.c_str());
  if (user == nullptr) return std::nullopt;
  return Identity{true, name, user->pw_uid, user->pw_gid};
}

// To the kernel the highest number means "no change".
bool ParseId(const std::string& text, uint32_t* id) {
  return absl::SimpleAtoi(text, id) && *id != static_cast<uint32_t>(-1);
}

// Parses UID or UID:GID. A UID alone is used as GID too.
std::optional<Identity> ParseIds(const std::string& text) {
  const std::vector<std::string> ids = absl::StrSplit(text, ':');
  Identity identity{true, text, 0, 0};
  if (ids.size() > 2 || !ParseId(ids.front(), &identity.uid) || !ParseId(ids.back(), &identity.gid)) {
    return std::nullopt;
  }
  return identity;
}

}  // namespace

absl::StatusOr<Identity> ChooseIdentity(const std::optional<std::string>& user) {
  if (getuid() != geteuid() || getgid() != getegid()) {
    return absl::FailedPreconditionError(
        "the binary is set-user-ID or set-group-ID, so it would open files for whoever calls it; remove these bits "
        "(chmod "
        "ug-s) and use setcap cap_net_raw=ep instead");
  }
  if (!user.has_value()) {
    if (geteuid() != 0) return Identity();
    for (const char* name : {"tcpgauge", "nobody"}) {
      if (std::optional<Identity> found = FindUser(name)) return *std::move(found);
    }
    return absl::NotFoundError(
        "--user: neither the user 'tcpgauge' nor 'nobody' exists; give a user's name or number, as in --user 65534, or "
        "stay root with --user ''");
  }
  if (user->empty()) return Identity();
  std::optional<Identity> found = FindUser(*user);
  if (!found.has_value()) found = ParseIds(*user);
  if (!found.has_value()) {
    return absl::InvalidArgumentError(
        absl::StrCat("--user: there is no user '", *user, "'; right would be a name, UID or UID:GID"));
  }
  if (found->uid == geteuid() && found->gid == getegid()) found->changes = geteuid() == 0;
  return *std::move(found);
}

}  // namespace tcpgauge
