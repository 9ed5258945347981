// SPDX-License-Identifier: Apache-2.0
#include "src/privilege/drop_privileges.h"

#include <dirent.h>
#include <errno.h>
#include <grp.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <iterator>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "src/base/check.h"
#include "src/privilege/dumpable.h"
#include "src/privilege/system_call_filter.h"

namespace tcpgauge {
namespace {

struct CapabilityFree {
  void operator()(cap_t capabilities) const { cap_free(capabilities); }
};
using Capabilities = std::unique_ptr<std::remove_pointer_t<cap_t>, CapabilityFree>;

absl::Status Failed(const char* what) {
  return absl::UnavailableError(absl::StrCat("cannot give up privileges: ", what, ": ", strerror(errno)));
}

bool Has(cap_value_t capability, cap_flag_t set) {
  const Capabilities own(cap_get_proc());
  cap_flag_value_t value = CAP_CLEAR;
  return own != nullptr && cap_get_flag(own.get(), capability, set, &value) == 0 && value == CAP_SET;
}

// Capabilities belong to threads: other threads would keep what this one gives up.
bool IsOnlyThread() {
  DIR* const threads = opendir("/proc/self/task");
  if (threads == nullptr) return true;  // cannot be checked without /proc
  int count = 0;
  while (const dirent* entry = readdir(threads)) count += entry->d_name[0] != '.' ? 1 : 0;
  closedir(threads);
  return count == 1;
}

absl::Status CheckUserCanChange(const Identity& identity) {
  constexpr std::pair<cap_value_t, const char*> kNeeded[] = {
      {CAP_SETUID, "CAP_SETUID"}, {CAP_SETGID, "CAP_SETGID"}, {CAP_SETPCAP, "CAP_SETPCAP"}};
  std::vector<std::string> missing;
  for (const auto& [capability, name] : kNeeded) {
    if (!Has(capability, CAP_EFFECTIVE)) missing.emplace_back(name);
  }
  if (missing.empty()) return absl::OkStatus();
  return absl::PermissionDeniedError(absl::StrCat("cannot become user '", identity.name,
                                                  "': ", absl::StrJoin(missing, ", "),
                                                  missing.size() == 1 ? " is missing" : " are missing",
                                                  "; grant it, start as that user with the capability cap_net_raw, or "
                                                  "keep the current user with --user ''"));
}

absl::Status EmptyBoundingSet() {
  for (cap_value_t capability = 0; capability < cap_max_bits(); ++capability) {
    if (cap_get_bound(capability) == 1 && cap_drop_bound(capability) != 0) return Failed("bounding set");
  }
  return absl::OkStatus();
}

absl::Status ChangeUser(const Identity& identity) {
  // Until the process is not dumpable again, only the permitted capabilities keep other processes of the new user out.
  if (prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) != 0) return Failed("capabilities");
  // Groups first, because the new user may not change them.
  if (setgroups(0, nullptr) != 0) return Failed("groups");
  if (setresgid(identity.gid, identity.gid, identity.gid) != 0) return Failed("group");
  if (setresuid(identity.uid, identity.uid, identity.uid) != 0) return Failed("user");
  return BecomeNotDumpable();
}

absl::Status SetCapabilities(const std::vector<cap_value_t>& kept) {
  const Capabilities wanted(cap_init());
  if (wanted == nullptr) return Failed("capabilities");
  for (const cap_flag_t set : {CAP_PERMITTED, CAP_EFFECTIVE}) {
    if (!kept.empty() && cap_set_flag(wanted.get(), set, static_cast<int>(kept.size()), kept.data(), CAP_SET) != 0) {
      return Failed("capabilities");
    }
  }
  if (cap_reset_ambient() != 0 && errno != EINVAL) return Failed("ambient capabilities");  // EINVAL: kernel before 4.3
  if (cap_set_proc(wanted.get()) != 0) return Failed("capabilities");
  return absl::OkStatus();
}

absl::Status CheckDropped(const Identity& identity) {
  const auto still = [](const std::string& what) {
    return absl::UnavailableError(absl::StrCat("cannot give up privileges: the process still has ", what));
  };
  const Capabilities own(cap_get_proc()), none(cap_init());
  if (own == nullptr || none == nullptr || cap_compare(own.get(), none.get()) != 0) return still("capabilities");
  if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1) return still("the right to get privileges from programs");
  if (prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) != 0) return still("memory that its user may read");
  if (!identity.changes) return absl::OkStatus();
  uid_t real_user, user, saved_user;
  gid_t real_group, group, saved_group;
  if (getresuid(&real_user, &user, &saved_user) != 0 || getresgid(&real_group, &group, &saved_group) != 0) {
    return Failed("reading the user");
  }
  if (real_user != identity.uid || user != identity.uid || saved_user != identity.uid) return still("another user");
  if (real_group != identity.gid || group != identity.gid || saved_group != identity.gid) return still("another group");
  if (getgroups(0, nullptr) != 0) return still("supplementary groups");
  if (identity.uid != 0 && setuid(0) == 0) return still("a way back to root");
  for (cap_value_t capability = 0; capability < cap_max_bits(); ++capability) {
    if (cap_get_bound(capability) == 1) return still("a bounding set");
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status ActAsPlainUser(absl::FunctionRef<void()> act) {
  TCPGAUGE_CHECK(IsOnlyThread());
  if (geteuid() == 0) {
    act();
    return absl::OkStatus();
  }
  const Capabilities before(cap_get_proc());
  const Capabilities without(cap_get_proc());
  if (before == nullptr || without == nullptr || cap_clear_flag(without.get(), CAP_EFFECTIVE) != 0 ||
      cap_set_proc(without.get()) != 0) {
    return Failed("capabilities");
  }
  act();
  return cap_set_proc(before.get()) == 0 ? absl::OkStatus() : Failed("capabilities");
}

absl::Status KeepOpeningCapabilities(bool net_admin) {
  TCPGAUGE_CHECK(IsOnlyThread());
  std::vector<cap_value_t> kept;
  // For captures, ports below 1024, files of other users, and DropPrivileges().
  for (const cap_value_t capability : {CAP_NET_RAW, CAP_NET_BIND_SERVICE, CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH,
                                       CAP_CHOWN, CAP_SETUID, CAP_SETGID, CAP_SETPCAP}) {
    if (Has(capability, CAP_PERMITTED)) kept.push_back(capability);
  }
  if (net_admin && Has(CAP_NET_ADMIN, CAP_PERMITTED)) kept.push_back(CAP_NET_ADMIN);
  return SetCapabilities(kept);
}

absl::Status DropPrivileges(const Identity& identity) {
  TCPGAUGE_CHECK(IsOnlyThread());
  if (identity.changes) {
    if (absl::Status status = CheckUserCanChange(identity); !status.ok()) return status;
  }
  if (Has(CAP_SETPCAP, CAP_EFFECTIVE)) {
    if (absl::Status status = EmptyBoundingSet(); !status.ok()) return status;
  }
  if (identity.changes) {
    if (absl::Status status = ChangeUser(identity); !status.ok()) return status;
  }
  if (absl::Status status = SetCapabilities({}); !status.ok()) return status;
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return Failed("no_new_privs");
  if (absl::Status status = BecomeNotDumpable(); !status.ok()) return status;
  if (absl::Status status = CheckDropped(identity); !status.ok()) return status;
  return InstallSystemCallFilter();
}

}  // namespace tcpgauge
