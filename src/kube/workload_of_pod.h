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
  bool is_guess = false;  // the name was cut by a rule that nothing proves
};

// Returns the workload of a pod that the API describes. `owner_kind` and `owner_name` are those of the owner that
// controls the pod; empty if it has none. `hash` is the label pod-template-hash; empty if the pod has none. `node` is
// where the pod runs.
//
// The API names the owner of a pod, but not the owner of that owner. So two names are cut:
// - NAME-HASH of a ReplicaSet becomes the Deployment NAME. If HASH is `hash`, a Deployment made the ReplicaSet, because
//   its controller sets both. Otherwise GuessDeployment() guesses.
// - NAME-MINUTE of a Job becomes NAME, which is a guess: a CronJob names its Jobs so. Otherwise each run of a CronJob
//   would be a workload of its own.
//
// A static pod belongs to its node, and its name ends with that of the node. Without that end, it is the workload's
// name, and its kind is "Node". A pod without an owner is its own workload, of kind "Pod".
PodWorkload WorkloadOfPod(std::string_view pod, std::string_view owner_kind, std::string_view owner_name,
                          std::string_view hash, std::string_view node);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_KUBE_WORKLOAD_OF_POD_H_
