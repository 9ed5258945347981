// SPDX-License-Identifier: Apache-2.0
#include "src/flow/first_peers.h"

#include "gtest/gtest.h"
#include "tests/support/segment.h"

namespace tcpgauge {
namespace {

// Notes two connections of one endpoint, the second a second after the first. Returns whether they make it shared.
bool MakeItShared(const char* first_peer, const char* second_peer) {
  const Endpoint endpoint = At("10.0.0.1:60000");
  FirstPeers peers;
  EXPECT_FALSE(peers.Note(endpoint, At(first_peer), TestTime(0)));
  return peers.Note(endpoint, At(second_peer), TestTime(1));
}

TEST(FirstPeers, ASecondPeerMakesAnEndpointShared) {
  EXPECT_TRUE(MakeItShared("10.0.0.2:40000", "10.0.0.2:40001"));
  EXPECT_TRUE(MakeItShared("10.0.0.2:1025", "10.0.0.3:1026"));
  EXPECT_TRUE(MakeItShared("10.0.0.2:911", "10.0.0.2:912"));
  EXPECT_TRUE(MakeItShared("[2001:db8::2]:40000", "[2001:db8::2]:40001"));
}

TEST(FirstPeers, PeersWithOneEphemeralPortAreTwoClients) {
  EXPECT_TRUE(MakeItShared("10.0.0.2:32768", "10.0.0.3:32768"));
}

TEST(FirstPeers, TheSameConnectionAgainIsNoSecondPeer) {
  EXPECT_FALSE(MakeItShared("10.0.0.2:40000", "10.0.0.2:40000"));
}

TEST(FirstPeers, OnePortTowardsTheSameServiceOfSeveralServersIsAClients) {
  EXPECT_FALSE(MakeItShared("10.0.0.2:5432", "10.0.0.3:5432"));
  EXPECT_FALSE(MakeItShared("10.0.0.2:2049", "10.0.0.3:2049"));
  EXPECT_FALSE(MakeItShared("10.0.0.2:32767", "10.0.0.3:32767"));
}

TEST(FirstPeers, APortBelow512IsNoClients) {
  EXPECT_FALSE(MakeItShared("10.0.0.2:443", "10.0.0.2:80"));
  EXPECT_FALSE(MakeItShared("10.0.0.2:511", "10.0.0.2:8080"));
  EXPECT_TRUE(MakeItShared("10.0.0.2:512", "10.0.0.2:8080"));
}

TEST(FirstPeers, AfterTheWindowAPeerIsAFirstPeerAgain) {
  FirstPeers peers;
  const Endpoint endpoint = At("10.0.0.1:60000");
  EXPECT_FALSE(peers.Note(endpoint, At("10.0.0.2:40000"), 0));
  EXPECT_FALSE(peers.Note(endpoint, At("10.0.0.2:40001"), FirstPeers::kWindowNs + 1));
  EXPECT_TRUE(peers.Note(endpoint, At("10.0.0.2:40002"), 2 * FirstPeers::kWindowNs + 1));
}

TEST(FirstPeers, ForgetsAllWhenThereIsNoPlaceAndCountsThat) {
  FirstPeers peers;
  const auto endpoint = [](size_t i) { return Endpoint{At("10.0.0.1:0").address, static_cast<uint16_t>(10000 + i)}; };
  const Endpoint peer = At("10.0.0.2:40000");
  for (size_t i = 0; i < FirstPeers::kCapacity; ++i) peers.Note(endpoint(i), peer, 0);
  EXPECT_EQ(peers.overflows(), 0);
  EXPECT_TRUE(peers.Note(endpoint(0), At("10.0.0.3:40000"), 0)) << "still known, and gives its place free";
  peers.Note(endpoint(0), peer, 0);
  EXPECT_EQ(peers.overflows(), 0);
  peers.Note(endpoint(FirstPeers::kCapacity), peer, 0);
  EXPECT_EQ(peers.overflows(), 1);
  EXPECT_FALSE(peers.Note(endpoint(1), At("10.0.0.3:40000"), 0));
}

}  // namespace
}  // namespace tcpgauge
