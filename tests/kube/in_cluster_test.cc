// SPDX-License-Identifier: Apache-2.0
#include "src/kube/in_cluster.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>

namespace tcpgauge {
namespace {

std::optional<std::string> Server(const char* host, const char* port) {
  return InClusterServer(
      [=](const char* name) { return std::string(name) == "KUBERNETES_SERVICE_HOST" ? host : port; });
}

TEST(InClusterServer, IsThatOfThePodsEnvironment) {
  EXPECT_EQ(Server("10.43.0.1", "443"), "https://10.43.0.1:443");
  EXPECT_EQ(Server("fd00::1", "6443"), "https://[fd00::1]:6443");
  EXPECT_EQ(Server("api.internal", "443"), "https://api.internal:443");
}

TEST(InClusterServer, IsUnknownOutsideOfAPod) {
  EXPECT_EQ(Server(nullptr, "443"), std::nullopt);
  EXPECT_EQ(Server("10.43.0.1", nullptr), std::nullopt);
  EXPECT_EQ(Server("", "443"), std::nullopt);
  EXPECT_EQ(Server("10.43.0.1", ""), std::nullopt);
}

}  // namespace
}  // namespace tcpgauge
