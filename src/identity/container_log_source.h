// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_IDENTITY_CONTAINER_LOG_SOURCE_H_
#define TCPGAUGE_SRC_IDENTITY_CONTAINER_LOG_SOURCE_H_

#include <optional>
#include <string>
#include <string_view>

#include "src/identity/file_at.h"
#include "src/identity/identity_source.h"
#include "src/naming/end_identity.h"

namespace tcpgauge {

// What the name of a container's log file tells.
struct ContainerLog {
  std::string container_id;
  EndIdentity container;
};

// Takes a name such as "web-7d4b9c8f6d-x2k9p_shop_nginx-<id>.log" apart: pod, namespace, container and id. The workload
// is guessed (GuessWorkload()). Nullopt for any other name, and for one that has lost its id.
std::optional<ContainerLog> ParseContainerLogName(std::string_view name);

// What the target of such a link tells.
struct PodLog {
  std::string pod_uid;
  EndIdentity pod;
};

// Takes a link apart whose name kubelet has cut, so that the container's id is not in it: its target is
// "/var/log/pods/NAMESPACE_POD_UID/CONTAINER/NUMBER.log". Nullopt if `name` is whole, or does not begin like the names
// in `target`.
std::optional<PodLog> ParseCutContainerLog(std::string_view name, std::string_view target);

// Knows the pods on this node by the names of the links that kubelet keeps for log readers, one for each container. The
// links are not followed: their targets are closed to other users.
//
// kubelet cuts names to 255 bytes. Where a container's name has lost its id, the path in the link names the pod.
//
// Thread: see IdentitySource.
// Bounds: kMaxLinks names in a round, in the order of the folder. If there are more, the draft counts one overflow.
class ContainerLogSource final : public IdentitySource {
 public:
  static constexpr int kMaxLinks = 32768;

  // `folder` is --path.container-logs. `node` is the name of this node, or empty.
  ContainerLogSource(std::string folder, std::string node);

  void AddTo(IdentityDraft* draft) override;
  std::string_view name() const override { return "container-logs"; }
  bool is_up() const override { return is_up_; }
  bool is_missed() const override { return Exists(folder_); }

 private:
  const std::string folder_;
  const std::string node_;
  bool is_up_ = false;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_IDENTITY_CONTAINER_LOG_SOURCE_H_
