// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_KUBE_WORKLOAD_OF_POD_H_
#define TCPGAUGE_SRC_KUBE_WORKLOAD_OF_POD_H_

#include <string>
#include <string_view>

namespace tcpgauge {

// The workload of a pod.
struct PodWorkload {
  std::string name;
  std::string kind;
  bool is_guess = false;  // the name was shortened by a rule that may be wrong
};

// Returns the workload of a pod that the API describes. `owner_kind` and `owner_name` are the kind and name of the
// owner that controls the pod; both are empty if no owner controls it. `hash` is the label pod-template-hash; empty if
// the pod has none. `node` is where the pod runs.
//
// A pod object names the owner of the pod, but not the owner of that owner. So two kinds of names are shortened:
// - The ReplicaSet NAME-HASH becomes the Deployment NAME. If HASH is `hash`, this is certain, because the controller of
//   Deployments sets both. Otherwise GuessDeployment() guesses.
// - The Job NAME-MINUTE becomes the CronJob NAME, because a CronJob names its Jobs like this. This is a guess, because
//   other Jobs may have such a name. Without the guess, each run of a CronJob would be a workload of its own.
//
// The owner of a static pod is its node, and the pod's name ends with the name of the node. The workload has the pod's
// name without this end, and the kind "Node". A pod without an owner is its own workload, of kind "Pod". Any other
// owner is the workload.
PodWorkload WorkloadOfPod(std::string_view pod, std::string_view owner_kind, std::string_view owner_name,
                          std::string_view hash, std::string_view node);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_KUBE_WORKLOAD_OF_POD_H_
