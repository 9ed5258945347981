// SPDX-License-Identifier: Apache-2.0
#include "src/kube/in_cluster.h"

#include "absl/strings/str_cat.h"

namespace tcpgauge {

std::optional<std::string> InClusterServer(const std::function<const char*(const char*)>& variables) {
  const char* const host = variables("KUBERNETES_SERVICE_HOST");
  const char* const port = variables("KUBERNETES_SERVICE_PORT");
  if (host == nullptr || *host == '\0' || port == nullptr || *port == '\0') return std::nullopt;
  const bool is_v6 = std::string(host).find(':') != std::string::npos;
  return absl::StrCat("https://", is_v6 ? "[" : "", host, is_v6 ? "]" : "", ":", port);
}

}  // namespace tcpgauge
