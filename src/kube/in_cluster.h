// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_KUBE_IN_CLUSTER_H_
#define TCPGAUGE_SRC_KUBE_IN_CLUSTER_H_

#include <functional>
#include <optional>
#include <string>

namespace tcpgauge {

// Where the kubelet puts the files of a pod's service account.
constexpr char kServiceAccountToken[] = "/var/run/secrets/kubernetes.io/serviceaccount/token";
constexpr char kServiceAccountCa[] = "/var/run/secrets/kubernetes.io/serviceaccount/ca.crt";

// Returns the URL of the API server as the environment of a pod has it: KUBERNETES_SERVICE_HOST and
// KUBERNETES_SERVICE_PORT. Nullopt outside of a pod, when one of them is not set or empty. `variables` is getenv(), or
// a test's replacement.
std::optional<std::string> InClusterServer(const std::function<const char*(const char*)>& variables);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_KUBE_IN_CLUSTER_H_
