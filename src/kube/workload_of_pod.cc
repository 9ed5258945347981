// SPDX-License-Identifier: Apache-2.0
#include "src/kube/workload_of_pod.h"

#include <cstddef>

#include "src/identity/workload_guess.h"

namespace tcpgauge {
namespace {

// What stands before "-" and `end`; empty if `text` does not end so.
std::string_view Before(std::string_view text, std::string_view end) {
  if (end.empty() || text.size() < end.size() + 2) return {};
  const size_t hyphen = text.size() - end.size() - 1;
  return text[hyphen] == '-' && text.substr(hyphen + 1) == end ? text.substr(0, hyphen) : std::string_view();
}

PodWorkload Exact(std::string_view name, std::string_view kind) {
  return PodWorkload{std::string(name), std::string(kind), false};
}

}  // namespace

PodWorkload WorkloadOfPod(std::string_view pod, std::string_view owner_kind, std::string_view owner_name,
                          std::string_view hash, std::string_view node) {
  if (owner_kind.empty() || owner_name.empty()) return Exact(pod, "Pod");
  if (owner_kind == "ReplicaSet") {
    const std::string_view deployment = Before(owner_name, hash);
    if (!deployment.empty()) return Exact(deployment, "Deployment");
    const WorkloadGuess guess = GuessDeployment(owner_name);
    return PodWorkload{std::string(guess.name), std::string(guess.kind), guess.name != owner_name};
  }
  if (owner_kind == "Job") {
    const size_t hyphen = owner_name.rfind('-');
    if (hyphen != std::string_view::npos && hyphen > 0 && IsMinute(owner_name.substr(hyphen + 1))) {
      return PodWorkload{std::string(owner_name.substr(0, hyphen)), "CronJob", true};
    }
  }
  if (owner_kind == "Node") {
    const std::string_view name = Before(pod, node);
    return Exact(name.empty() ? pod : name, "Node");
  }
  return Exact(owner_name, owner_kind);
}

}  // namespace tcpgauge
