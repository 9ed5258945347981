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

// What the name of a symbolic link to a container's log file says.
struct ContainerLog {
  std::string container_id;
  EndIdentity container;
};

// Parses the name of a link, such as "web-7d4b9c8f6d-x2k9p_shop_nginx-<id>.log": pod, namespace, container and id of
// the container. Guesses the workload (GuessWorkload()). Returns nullopt for any other name, and for a name that the
// kubelet has cut (see ContainerLogSource).
std::optional<ContainerLog> ParseContainerLogName(std::string_view name);

// What the target of a link says, if the kubelet has cut the name of the link.
struct PodLog {
  std::string pod_uid;
  EndIdentity pod;
};

// Parses a link whose name the kubelet has cut. `target` is the path in the link:
// "/var/log/pods/NAMESPACE_POD_UID/CONTAINER/NUMBER.log". Returns nullopt if `name` is not cut, if `target` has another
// form, or if `name` does not begin with the names in `target`.
std::optional<PodLog> ParseCutContainerLog(std::string_view name, std::string_view target);

// Finds the pods on this node. For log readers, the kubelet keeps a symbolic link to the log of each container. The
// link's name has the names of the container and its pod. This class reads only the names and targets of the links. It
// does not open the logs, because only root may read them.
//
// The kubelet cuts names to 255 bytes. A name that was cut has no container id. The target of its link names the pod.
//
// Thread: see IdentitySource.
// Bounds: kMaxLinks entries of the folder in each round, in the order of the folder. If there are more, the draft
// counts one overflow.
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
