// SPDX-License-Identifier: Apache-2.0
#include "src/naming/lost_since.h"

#include "gtest/gtest.h"
#include "src/naming/end_identity.h"
#include "src/naming/identity_pool.h"
#include "src/net/endpoint.h"
#include "src/net/ip_address.h"

namespace tcpgauge {
namespace {

Endpoint At(const char* address, uint16_t port) { return {*IpAddress::Parse(address), port}; }

class LostSinceTest : public testing::Test {
 protected:
  IdentityRef Named(const char* pod, const char* service = "") {
    EndIdentity identity;
    identity.pod = pod;
    identity.service = service;
    return pool_.Get(identity);
  }

  IdentityPool pool_;
  IdentityMap before_;
  IdentityMap now_;
};

TEST_F(LostSinceTest, AnAddressIsLostUnlessItHasAnyOwner) {
  before_.addresses[At("10.0.0.1", 0).address] = Named("a");
  before_.addresses[At("10.0.0.2", 0).address] = Named("b");
  now_.addresses[At("10.0.0.2", 0).address] = Named("c");
  const LostNames lost = LostSince(before_, now_);
  ASSERT_EQ(lost.addresses.size(), 1u);
  EXPECT_EQ(lost.addresses[0].first, At("10.0.0.1", 0).address);
  EXPECT_EQ(lost.addresses[0].second.lock(), Named("a"));
}

TEST_F(LostSinceTest, PortsOfServicesAreLostAndSocketsOfClientsAreNot) {
  before_.endpoints[At("10.0.0.1", 80)] = Named("a", "front");
  before_.endpoints[At("10.0.0.1", 40000)] = Named("a");
  const LostNames lost = LostSince(before_, now_);
  ASSERT_EQ(lost.servers.size(), 1u);
  EXPECT_EQ(lost.servers[0].endpoint, At("10.0.0.1", 80));
}

TEST_F(LostSinceTest, AListenerIsLostUnlessItsPortStillHasAName) {
  before_.listener_queues = {{At("10.0.0.1", 22), Named("a"), 0, 0, 0}, {At("10.0.0.1", 23), Named("a"), 0, 0, 0},
                             {At("0.0.0.0", 80), Named("b"), 0, 0, 0},  {At("::", 81), Named("b"), 0, 0, 0},
                             {At("::", 82), Named("b"), 0, 0, 0},       {At("10.0.0.1", 24), nullptr, 0, 0, 0}};
  now_.endpoints[At("10.0.0.1", 23)] = Named("a");
  now_.wildcard_ports[80] = Named("b");
  now_.wildcard_ports[82] = Named("b");
  const LostNames lost = LostSince(before_, now_);
  ASSERT_EQ(lost.servers.size(), 2u);
  EXPECT_EQ(lost.servers[0].endpoint, At("10.0.0.1", 22));
  EXPECT_EQ(lost.servers[1].endpoint, At("::", 81));
}

TEST_F(LostSinceTest, AListenerThatStillListensWithoutANameIsLostUnlessItHasChangedHands) {
  constexpr uint64_t kSame = 11, kOther = 12;
  before_.listener_queues = {{At("10.0.0.1", 22), Named("a"), 0, 0, 0, kSame},
                             {At("10.0.0.1", 23), Named("a"), 0, 0, 0, kSame},
                             {At("0.0.0.0", 80), Named("b"), 0, 0, 0, kSame},
                             {At("0.0.0.0", 81), Named("b"), 0, 0, 0, kSame},
                             {At("::", 82), Named("b"), 0, 0, 0, kSame}};
  now_.listener_queues = {{At("10.0.0.1", 22), nullptr, 0, 0, 0, kSame},
                          {At("10.0.0.1", 23), nullptr, 0, 0, 0, kOther},
                          {At("0.0.0.0", 80), nullptr, 0, 0, 0, kOther},
                          {At("0.0.0.0", 81), nullptr, 0, 0, 0, kSame},
                          {At("::", 82), Named("c"), 0, 0, 0, kOther}};
  const LostNames lost = LostSince(before_, now_);
  ASSERT_EQ(lost.servers.size(), 2u);
  EXPECT_EQ(lost.servers[0].endpoint, At("10.0.0.1", 22));
  EXPECT_EQ(lost.servers[0].owners, kSame);
  EXPECT_EQ(lost.servers[1].endpoint, At("0.0.0.0", 81));
}

}  // namespace
}  // namespace tcpgauge
