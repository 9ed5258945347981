// SPDX-License-Identifier: Apache-2.0
#include "src/flow/server_endpoints.h"

#include "gtest/gtest.h"
#include "tests/support/segment.h"

namespace tcpgauge {
namespace {

TEST(ServerEndpoints, TheEndThatIsNoKnownServerIsTheClient) {
  ServerEndpoints servers;
  servers.Learn(At("10.0.0.1:50000"));
  EXPECT_TRUE(servers.Contains(At("10.0.0.1:50000")));
  EXPECT_FALSE(servers.Contains(At("10.0.0.1:50001")));
  EXPECT_TRUE(IsClientB(At("10.0.0.1:50000"), At("10.0.0.2:80"), servers));
  EXPECT_FALSE(IsClientB(At("10.0.0.2:80"), At("10.0.0.1:50000"), servers));
}

TEST(ServerEndpoints, OfTwoServersThePortsDecide) {
  ServerEndpoints servers;
  servers.Learn(At("10.0.0.1:50000"));
  servers.Learn(At("10.0.0.2:80"));
  EXPECT_FALSE(IsClientB(At("10.0.0.1:50000"), At("10.0.0.2:80"), servers));
}

TEST(ServerEndpoints, TheOnlyEphemeralPortIsTheClients) {
  const ServerEndpoints servers;
  EXPECT_TRUE(IsClientB(At("10.0.0.1:32767"), At("10.0.0.2:32768"), servers));
  EXPECT_FALSE(IsClientB(At("10.0.0.1:32768"), At("10.0.0.2:32767"), servers));
}

TEST(ServerEndpoints, ElseTheHigherPortIsTheClients) {
  const ServerEndpoints servers;
  EXPECT_TRUE(IsClientB(At("10.0.0.1:80"), At("10.0.0.2:1024"), servers));
  EXPECT_FALSE(IsClientB(At("10.0.0.1:60000"), At("10.0.0.2:40000"), servers));
}

TEST(ServerEndpoints, KnowsLocalListeners) {
  ServerEndpoints servers;
  auto listeners = std::make_shared<LocalListeners>();
  listeners->endpoints.insert(At("10.0.0.1:40000"));
  listeners->wildcard_ports.insert(41000);
  listeners->addresses.insert(At("10.0.0.1:0").address);
  servers.SetLocalListeners(listeners);
  EXPECT_TRUE(servers.Contains(At("10.0.0.1:40000")));
  EXPECT_TRUE(servers.Contains(At("10.0.0.1:41000")));
  EXPECT_FALSE(servers.Contains(At("10.0.0.9:40000")));
  EXPECT_FALSE(servers.Contains(At("10.0.0.9:41000"))) << "not an address of this machine";
  servers.SetLocalListeners(nullptr);
  EXPECT_FALSE(servers.Contains(At("10.0.0.1:40000")));
}

TEST(ServerEndpoints, LearnsNoMoreThanItsCapacityAndCountsTheRest) {
  ServerEndpoints servers;
  for (size_t i = 0; i < ServerEndpoints::kCapacity; ++i) {
    servers.Learn({At("10.0.0.1:0").address, static_cast<uint16_t>(i)});
  }
  EXPECT_EQ(servers.overflows(), 0);
  servers.Learn(At("10.0.0.1:5"));
  EXPECT_EQ(servers.overflows(), 0) << "known";
  servers.Learn(At("10.0.0.2:5"));
  EXPECT_EQ(servers.overflows(), 1);
  servers.Learn(At("10.0.0.2:5"));
  EXPECT_EQ(servers.overflows(), 2) << "each time";
  servers.Learn(At("10.0.0.1:5"));
  servers.Learn(At("10.0.0.1:5"));
  EXPECT_EQ(servers.overflows(), 2);
  EXPECT_FALSE(servers.Contains(At("10.0.0.2:5")));
}

}  // namespace
}  // namespace tcpgauge
