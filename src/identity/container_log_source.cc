// SPDX-License-Identifier: Apache-2.0
#include "src/identity/container_log_source.h"

#include <dirent.h>
#include <fcntl.h>

#include <utility>

#include "src/identity/file_at.h"
#include "src/identity/workload_guess.h"

namespace tcpgauge {

std::optional<ContainerLog> ParseContainerLogName(std::string_view name) {
  constexpr std::string_view kEnd = ".log";
  if (name.size() <= kEnd.size() || name.substr(name.size() - kEnd.size()) != kEnd) return std::nullopt;
  name.remove_suffix(kEnd.size());
  const size_t after_pod = name.find('_');
  if (after_pod == std::string_view::npos) return std::nullopt;
  const size_t after_namespace = name.find('_', after_pod + 1);
  if (after_namespace == std::string_view::npos) return std::nullopt;
  const size_t after_container = name.rfind('-');
  if (after_container == std::string_view::npos || after_container < after_namespace) return std::nullopt;
  const std::string_view pod = name.substr(0, after_pod);
  const WorkloadGuess guess = GuessWorkload(pod);
  ContainerLog log;
  log.container_id = std::string(name.substr(after_container + 1));
  log.container.pod = std::string(pod);
  log.container.namespace_name = std::string(name.substr(after_pod + 1, after_namespace - after_pod - 1));
  log.container.container = std::string(name.substr(after_namespace + 1, after_container - after_namespace - 1));
  log.container.workload = std::string(guess.name);
  log.container.workload_kind = std::string(guess.kind);
  log.container.is_guess = true;
  if (pod.empty() || log.container.namespace_name.empty() || log.container_id.empty()) return std::nullopt;
  return log;
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
    std::optional<ContainerLog> log = ParseContainerLogName(entry->d_name);
    if (!log.has_value()) continue;
    log->container.node = node_;
    draft->AddContainer(log->container_id, log->container);
  }
}

}  // namespace tcpgauge
