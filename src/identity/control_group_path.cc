// SPDX-License-Identifier: Apache-2.0
#include "src/identity/control_group_path.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "src/base/strings.h"
#include "src/naming/name_rule.h"

namespace tcpgauge {
namespace {

constexpr size_t kIdSize = 64;       // of a container, in hex digits
constexpr size_t kShortIdSize = 12;  // the shortest that is an id where the folder says that it is one

bool EndsWith(std::string_view text, std::string_view suffix) {
  return text.size() >= suffix.size() && text.substr(text.size() - suffix.size()) == suffix;
}

// Removes `suffix` from the end of `text` if it is there. Returns whether it was.
bool ConsumeSuffix(std::string_view suffix, std::string_view* text) {
  if (!EndsWith(*text, suffix)) return false;
  text->remove_suffix(suffix.size());
  return true;
}

bool ConsumePrefix(std::string_view prefix, std::string_view* text) {
  if (!StartsWith(*text, prefix)) return false;
  text->remove_prefix(prefix.size());
  return true;
}

template <size_t kCount>
bool IsOneOf(std::string_view text, const std::string_view (&texts)[kCount]) {
  return std::find(std::begin(texts), std::end(texts), text) != std::end(texts);
}

bool IsHex(std::string_view text, size_t min_size) {
  return text.size() >= min_size && text.size() <= kIdSize && std::all_of(text.begin(), text.end(), [](char c) {
           return absl::ascii_isxdigit(static_cast<unsigned char>(c));
         });
}

// Whether `text` may be a pod's UID, with either separator.
bool IsUid(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_';
  });
}

// Returns the UID if the folder is a pod's, otherwise an empty text. `parent` is the folder above.
std::string PodUidOf(std::string_view folder, std::string_view parent) {
  // The kernel writes ".." for the folders that a pod shares with the reader, when the reader is in a pod itself.
  constexpr std::string_view kParents[] = {"kubepods", "guaranteed", "burstable", "besteffort", ".."};
  std::string_view uid = folder;
  if (ConsumeSuffix(".slice", &uid)) {
    const size_t mark = uid.rfind("-pod");
    if (mark == std::string_view::npos || uid.substr(0, mark).find("kubepods") == std::string_view::npos) return "";
    uid.remove_prefix(mark + std::string_view("-pod").size());
  } else if (!IsOneOf(parent, kParents) || !ConsumePrefix("pod", &uid)) {
    return "";
  }
  if (!IsUid(uid)) return "";
  // systemd's driver writes underscores, because a hyphen in the name of a slice stands for a parent.
  std::string text(uid);
  std::replace(text.begin(), text.end(), '_', '-');
  return text;
}

// Returns the id or the name if the folder is a container's, otherwise an empty view.
std::string_view ContainerIdOf(std::string_view folder, std::string_view parent, bool is_in_pod) {
  constexpr std::string_view kManagers[] = {"docker", "libpod", "crio", "cri-containerd", "containerd", "nerdctl"};
  std::string_view id = folder;
  if (ConsumePrefix("lxc.payload.", &id) || parent == "lxc" || parent == "lxc.payload") return id;
  const bool is_scope = ConsumeSuffix(".scope", &id);
  if (is_scope && ConsumePrefix("machine-", &id)) return id;
  const size_t hyphen = id.rfind('-');
  if (hyphen == std::string_view::npos) {
    const bool must_be_id = parent == "docker" || is_in_pod;
    return IsHex(id, must_be_id ? kShortIdSize : kIdSize) ? id : std::string_view();
  }
  const std::string_view manager = id.substr(0, hyphen);
  id.remove_prefix(hyphen + 1);
  if (EndsWith(manager, "conmon")) return {};
  return IsHex(id, IsOneOf(manager, kManagers) ? kShortIdSize : kIdSize) ? id : std::string_view();
}

bool IsMonitor(std::string_view folder) { return folder.find("conmon-") != std::string_view::npos; }

bool IsUnit(std::string_view folder) { return EndsWith(folder, ".service") || EndsWith(folder, ".scope"); }

// Whether the unit is that of a program that makes groups for pods and containers.
bool IsContainerManager(std::string_view unit) {
  constexpr std::string_view kUnits[] = {
      "containerd.service", "cri-docker.service", "crio.service",   "docker.service",     "k3s-agent.service",
      "k3s.service",        "kubelet.service",    "podman.service", "rke2-agent.service", "rke2-server.service"};
  return IsOneOf(unit, kUnits);
}

int ValueOfHexDigit(char c) {
  if (absl::ascii_isdigit(static_cast<unsigned char>(c))) return c - '0';
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

// Returns the name without systemd's escapes, such as "\x2d". If the result may be no name, returns `name` as it is.
std::string Unescaped(std::string_view name) {
  std::string text;
  for (size_t i = 0; i < name.size(); ++i) {
    text += name[i];
    if (name[i] != '\\' || i + 3 >= name.size() || name[i + 1] != 'x') continue;
    const int high = ValueOfHexDigit(name[i + 2]), low = ValueOfHexDigit(name[i + 3]);
    if (high < 0 || low < 0) continue;
    text.back() = static_cast<char>(high << 4 | low);
    i += 3;
  }
  return IsName(text) ? text : std::string(name);
}

// Returns the name of a unit for people. `parent` is the folder above.
std::string ShownUnit(std::string_view unit, std::string_view parent) {
  const bool is_session = StartsWith(unit, "session-") && StartsWith(parent, "user-") && EndsWith(parent, ".slice");
  return Unescaped(is_session ? parent : unit);
}

}  // namespace

GroupOwner OwnerOfGroup(std::string_view path) {
  std::string pod_uid;
  std::string_view container_id;
  std::string unit;
  std::string_view parent;
  for (const std::string_view part : Split(path, '/')) {
    // The name of a unit may hold a colon. Of another folder, it separates parts: where kubelet and the runtime
    // disagree about the driver, a folder is called SLICE:cri-containerd:ID.
    bool is_owned_by_container = false;
    for (const std::string_view folder : IsUnit(part) ? std::vector<std::string_view>{part} : Split(part, ':')) {
      if (std::string uid = PodUidOf(folder, parent); !uid.empty()) {
        pod_uid = std::move(uid);
        container_id = {};
      } else if (const auto id = ContainerIdOf(folder, parent, !pod_uid.empty()); !id.empty()) {
        container_id = id;
        is_owned_by_container = true;
      } else if (unit.empty() && IsUnit(folder) && !IsMonitor(folder)) {
        unit = ShownUnit(folder, parent);
      }
      parent = folder;
    }
    if (IsUnit(part) && !is_owned_by_container && !IsContainerManager(part)) break;
  }
  GroupOwner owner;
  owner.pod_uid = std::move(pod_uid);
  owner.container_id = Unescaped(container_id);
  if (!owner.is_known() && unit != "init.scope") owner.unit = std::move(unit);
  return owner;
}

}  // namespace tcpgauge
