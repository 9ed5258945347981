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

TEST(ServerEndpoints, OfTwoServersTheOneThatAnsweredASynWinsOverASharedEnd) {
  ServerEndpoints servers;
  servers.NoteMidstream(At("10.0.0.1:50000"), At("10.0.0.2:8080"), 0);
  servers.NoteMidstream(At("10.0.0.1:50000"), At("10.0.0.3:9092"), 0);
  EXPECT_FALSE(IsClientB(At("10.0.0.4:9093"), At("10.0.0.1:50000"), servers));
  servers.Learn(At("10.0.0.4:9093"));
  EXPECT_TRUE(IsClientB(At("10.0.0.4:9093"), At("10.0.0.1:50000"), servers));
}

TEST(ServerEndpoints, TheOtherEndOfASharedEndIsTheClient) {
  ServerEndpoints servers;
  const Endpoint server = At("10.0.0.1:60000");
  servers.NoteMidstream(server, At("10.0.0.2:40000"), 0);
  EXPECT_TRUE(IsClientB(At("10.0.0.2:40000"), server, servers)) << "so far by ports";
  servers.NoteMidstream(At("10.0.0.2:40001"), server, 0);
  EXPECT_FALSE(IsClientB(At("10.0.0.2:40000"), server, servers));
  EXPECT_TRUE(IsClientB(server, At("10.0.0.9:1025"), servers));
}

TEST(ServerEndpoints, ConnectionsOfAKnownServerMakeNoEndShared) {
  ServerEndpoints servers;
  servers.Learn(At("10.0.0.2:8080"));
  servers.Learn(At("10.0.0.3:9092"));
  servers.NoteMidstream(At("10.0.0.1:50000"), At("10.0.0.2:8080"), 0);
  servers.NoteMidstream(At("10.0.0.1:50000"), At("10.0.0.3:9092"), 0);
  EXPECT_FALSE(servers.IsShared(At("10.0.0.1:50000")));
}

// Expects that the first end is the client, in whichever order the two come.
void ExpectClient(const char* client, const char* server) {
  const ServerEndpoints servers;
  EXPECT_FALSE(IsClientB(At(client), At(server), servers)) << client << " > " << server;
  EXPECT_TRUE(IsClientB(At(server), At(client), servers)) << client << " > " << server;
}

TEST(ServerEndpoints, AReservedPortIsTheClientsAgainstAService) {
  ExpectClient("10.0.0.1:1021", "10.0.0.2:2049");  // NFS
  ExpectClient("10.0.0.1:665", "10.0.0.2:20048");  // its mount protocol
  ExpectClient("10.0.0.1:1000", "10.0.0.2:4045");  // its locks
  ExpectClient("10.0.0.1:993", "10.0.0.2:2049");   // bindresvport() also gives the ports of services
  ExpectClient("10.0.0.1:600", "10.0.0.2:24007");  // GlusterFS
  ExpectClient("10.0.0.1:1023", "10.0.0.2:514");   // rsh
  ExpectClient("10.0.0.1:1022", "10.0.0.2:513");   // rlogin
  ExpectClient("10.0.0.1:721", "10.0.0.2:515");    // LPD
  ExpectClient("10.0.0.1:800", "10.0.0.2:111");    // the port mapper
  ExpectClient("10.0.0.1:1020", "10.0.0.2:6000");  // X11
}

TEST(ServerEndpoints, AReservedPortOfAServiceIsTheServers) {
  ExpectClient("10.0.0.1:1050", "10.0.0.2:993");
  ExpectClient("10.0.0.1:4999", "10.0.0.2:587");
  ExpectClient("10.0.0.1:2000", "10.0.0.2:873");
  ExpectClient("10.0.0.1:40000", "10.0.0.2:631");
}

TEST(ServerEndpoints, AReservedPortIsTheServersAgainstAnEphemeralPort) {
  ExpectClient("10.0.0.1:32768", "10.0.0.2:1000");
  ExpectClient("10.0.0.1:60999", "10.0.0.2:777");
  ExpectClient("10.0.0.1:65535", "10.0.0.2:1023");
}

TEST(ServerEndpoints, OtherwiseTheHigherPortIsTheClients) {
  ExpectClient("10.0.0.2:1024", "10.0.0.1:80");
  ExpectClient("10.0.0.1:60000", "10.0.0.2:40000");
  ExpectClient("10.0.0.2:32768", "10.0.0.1:32767");
  ExpectClient("10.0.0.1:61000", "10.0.0.2:50051");  // gRPC
  ExpectClient("10.0.0.1:65535", "10.0.0.2:47808");  // BACnet
  ExpectClient("10.0.0.1:63000", "10.0.0.2:60999");
  ExpectClient("10.0.0.1:61001", "10.0.0.2:32768");
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

TEST(ServerEndpoints, CountsForgottenPeersToo) {
  ServerEndpoints servers;
  for (size_t i = 0; i <= FirstPeers::kCapacity; ++i) {
    servers.NoteMidstream({At("10.0.0.1:0").address, static_cast<uint16_t>(10000 + i)}, At("10.0.0.2:8080"), 0);
  }
  EXPECT_TRUE(servers.IsShared(At("10.0.0.2:8080"))) << "so it takes no place among the first peers";
  EXPECT_EQ(servers.overflows(), 1);
}

TEST(ServerEndpoints, LearnedAndSharedEndpointsHaveOneCapacity) {
  ServerEndpoints servers;
  for (size_t i = 0; i + 1 < ServerEndpoints::kCapacity; ++i) {
    servers.Learn({At("10.0.0.1:0").address, static_cast<uint16_t>(i)});
  }
  const auto share = [&servers](const char* server) {
    servers.NoteMidstream(At(server), At("10.0.0.8:500"), 0);
    servers.NoteMidstream(At(server), At("10.0.0.8:40000"), 0);
    servers.NoteMidstream(At(server), At("10.0.0.9:40000"), 0);
    return servers.IsShared(At(server));
  };
  EXPECT_TRUE(share("10.0.0.2:60000"));
  EXPECT_EQ(servers.overflows(), 0);
  EXPECT_FALSE(share("10.0.0.2:60001"));
  EXPECT_GT(servers.overflows(), 0);
  servers.Learn(At("10.0.0.3:80"));
  EXPECT_FALSE(servers.Contains(At("10.0.0.3:80")));
}

}  // namespace
}  // namespace tcpgauge
