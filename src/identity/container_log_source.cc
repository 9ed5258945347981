// SPDX-License-Identifier: Apache-2.0
#include "src/identity/container_log_source.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <unistd.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "src/base/strings.h"
#include "src/identity/workload_guess.h"

namespace tcpgauge {
namespace {

constexpr std::string_view kEnd = ".log";
constexpr size_t kCutNameBytes = 255;  // with kEnd
constexpr size_t kIdBytes = 64;        // of a container

EndIdentity PodOf(std::string_view pod, std::string_view namespace_name) {
  const WorkloadGuess guess = GuessWorkload(pod);
  EndIdentity identity;
  identity.namespace_name = namespace_name;
  identity.pod = pod;
  identity.workload = guess.name;
  identity.workload_kind = guess.kind;
  identity.is_guess = true;
  return identity;
}

// Returns the text of a link, or an empty text.
std::string TargetOf(int folder_fd, const char* name) {
  char target[PATH_MAX];
  const ssize_t size = readlinkat(folder_fd, name, target, sizeof(target));
  return size <= 0 ? std::string() : std::string(target, static_cast<size_t>(size));
}

}  // namespace

std::optional<ContainerLog> ParseContainerLogName(std::string_view name) {
  if (name.size() <= kEnd.size() || name.substr(name.size() - kEnd.size()) != kEnd) return std::nullopt;
  const bool may_be_cut = name.size() == kCutNameBytes;
  name.remove_suffix(kEnd.size());
  const size_t after_pod = name.find('_');
  if (after_pod == std::string_view::npos) return std::nullopt;
  const size_t after_namespace = name.find('_', after_pod + 1);
  if (after_namespace == std::string_view::npos) return std::nullopt;
  const size_t after_container = name.rfind('-');
  if (after_container == std::string_view::npos || after_container < after_namespace) return std::nullopt;
  const std::string_view pod = name.substr(0, after_pod);
  ContainerLog log;
  log.container_id = std::string(name.substr(after_container + 1));
  log.container = PodOf(pod, name.substr(after_pod + 1, after_namespace - after_pod - 1));
  log.container.container = name.substr(after_namespace + 1, after_container - after_namespace - 1);
  if (pod.empty() || log.container.namespace_name.empty() || log.container_id.empty()) return std::nullopt;
  if (may_be_cut && log.container_id.size() != kIdBytes) return std::nullopt;
  return log;
}

std::optional<PodLog> ParseCutContainerLog(std::string_view name, std::string_view target) {
  if (name.size() != kCutNameBytes || ParseContainerLogName(name).has_value()) return std::nullopt;
  const std::vector<std::string_view> folders = Split(target, '/');
  if (folders.size() < 3) return std::nullopt;
  const std::string_view container = folders[folders.size() - 2];
  const std::vector<std::string_view> parts = Split(folders[folders.size() - 3], '_');
  if (parts.size() != 3) return std::nullopt;
  const std::string_view namespace_name = parts[0], pod = parts[1], uid = parts[2];
  if (namespace_name.empty() || pod.empty() || uid.empty()) return std::nullopt;
  std::string whole;
  for (const std::string_view part : {pod, std::string_view("_"), namespace_name, std::string_view("_"), container})
    whole += part;
  const size_t compared = std::min(whole.size(), kCutNameBytes - kEnd.size());
  if (name.substr(0, compared) != std::string_view(whole).substr(0, compared)) return std::nullopt;
  return PodLog{std::string(uid), PodOf(pod, namespace_name)};
}

ContainerLogSource::ContainerLogSource(std::string folder, std::string node)
    : folder_(std::move(folder)), node_(std::move(node)) {}

void ContainerLogSource::AddTo(IdentityDraft* draft) {
  const Folder folder = OpenFolderAt(AT_FDCWD, folder_.c_str());
  is_up_ = folder != nullptr;
  if (!is_up_) return;
  int links = 0;
  for (const dirent* entry = readdir(folder.get()); entry != nullptr; entry = readdir(folder.get())) {
    if (++links > kMaxLinks) {
      draft->CountOverflow();
      return;
    }
    const std::string_view name = entry->d_name;
    if (std::optional<ContainerLog> log = ParseContainerLogName(name); log.has_value()) {
      log->container.node = node_;
      draft->AddContainer(log->container_id, log->container);
    } else if (name.size() == kCutNameBytes) {
      std::optional<PodLog> cut = ParseCutContainerLog(name, TargetOf(dirfd(folder.get()), entry->d_name));
      if (!cut.has_value()) continue;
      cut->pod.node = node_;
      draft->AddPodOfLog(cut->pod_uid, cut->pod);
    }
  }
}

}  // namespace tcpgauge
