// SPDX-License-Identifier: Apache-2.0
#include "src/capture/view_routes.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "tests/support/segment.h"

namespace tcpgauge {
namespace {

constexpr StretchDigest kBefore = {1, PacketDirection::kIn};  // where packets are captured before their translation
constexpr StretchDigest kAfter = {2, PacketDirection::kOut};  // and after it
constexpr size_t kOwner = 0, kHolder = 1, kThird = 2;         // workers

class ViewRoutesTest : public testing::Test {
 protected:
  static constexpr size_t kWorkers = 4;

  static TableOptions Options() {
    TableOptions options;
    options.hash_seed = 5;
    options.max_connections = 4 * ViewRoutes::kLeastCapacity;
    return options;
  }

  // Another worker has read the SYN before its translation.
  void EnterElsewhere(uint32_t number, size_t worker = kHolder, double seconds = 0, StretchDigest stretch = kBefore) {
    handshakes_.FindOrEnter({number, false, stretch, TestTime(seconds)}, worker);
  }
  size_t Begin(const Segment& segment, StretchDigest stretch = kAfter) {
    return routes_.BeginAt(stretch, segment, kOwner);
  }
  size_t Find(const Segment& segment) { return routes_.FindWorker(segment, kOwner); }

  // The translated view, which worker kOwner owns.
  Segment FromClient(double seconds = 0) const { return Segment(client_, server_).Time(seconds); }
  Segment FromServer(double seconds = 0) const { return Segment(server_, client_).Time(seconds); }

  Endpoint client_ = At("192.0.2.1:40000");
  Endpoint server_ = At("198.51.100.2:443");
  SharedHandshakes handshakes_{5, kWorkers};
  ViewRoutes routes_{Options(), kWorkers, &handshakes_};
};

TEST_F(ViewRoutesTest, AConnectionOfOneViewStaysWithItsOwner) {
  EXPECT_EQ(Begin(FromClient().Syn(100)), kOwner);
  EXPECT_EQ(Begin(FromServer().Syn(500).Ack(101)), kOwner);
  EXPECT_EQ(Find(FromClient().Seq(101).Ack(501)), kOwner);
  EXPECT_TRUE(routes_.empty());
}

TEST_F(ViewRoutesTest, ATranslatedViewGoesWhereItsConnectionIs) {
  EnterElsewhere(100);
  EXPECT_EQ(Begin(FromClient().Syn(100)), kHolder);
  EXPECT_EQ(Begin(FromServer().Syn(500).Ack(101)), kHolder);
  EXPECT_EQ(Find(FromClient().Seq(101).Ack(501)), kHolder);
  EXPECT_EQ(Find(FromServer().Seq(501).Ack(101).Fin()), kHolder);
  EXPECT_EQ(Find(FromClient().Seq(101).Vlan(7).Tunnel(TunnelType::kVxlan, 42)), kHolder);
  DecodedPacket fragment = FromClient().FollowingFragment(3);
  fragment.source = client_;  // Handover sets the ports
  fragment.destination = server_;
  EXPECT_EQ(routes_.FindWorker(fragment, kOwner), kHolder);
  server_.port = 80;
  EXPECT_EQ(Find(FromClient().Seq(101).Ack(501)), kOwner) << "another 4-tuple";
}

TEST_F(ViewRoutesTest, AViewThatShowsOnlyTheAnswerIsFoundByTheNumberThatItAcknowledges) {
  EnterElsewhere(100);
  EXPECT_EQ(Begin(FromServer().Syn(500).Ack(101)), kHolder);
  EXPECT_EQ(Find(FromServer().Seq(501).Ack(101)), kHolder);
}

TEST_F(ViewRoutesTest, ASynFindsTheWorkerThatHasReadOnlyTheAnswer) {
  handshakes_.FindOrEnter({100, /*is_syn_ack=*/true, kBefore, TestTime(0)}, kHolder);
  EXPECT_EQ(Begin(FromClient().Syn(100)), kHolder);
}

TEST_F(ViewRoutesTest, AnotherConnectionOnTheSameStretchStays) {
  EnterElsewhere(100, kHolder, 0, kAfter);
  EXPECT_EQ(Begin(FromClient().Syn(100)), kOwner);
  EXPECT_TRUE(routes_.empty());
  EXPECT_EQ(Begin(FromClient().Syn(100), kBefore), kOwner) << "it has begun here";
}

// A port scanner sends all its SYNs with one number. Each answer must go where its SYN went, even if so many other SYNs
// came meanwhile that the SYN is not remembered.
TEST_F(ViewRoutesTest, TheAnswerToAScanStaysWithItsSyn) {
  for (const StretchDigest& there : {StretchDigest{1, PacketDirection::kOut}, StretchDigest{1}}) {
    StretchDigest back = there;
    if (there.direction == PacketDirection::kOut) back.direction = PacketDirection::kIn;
    EnterElsewhere(100, kHolder, 0, there);
    for (uint16_t port = 1; port < 30000; ++port) {
      server_.port = port;
      EXPECT_EQ(Begin(FromClient().Syn(100), there), kOwner);
    }
    for (uint16_t port = 1; port < 30000; ++port) {
      server_.port = port;
      EXPECT_EQ(Begin(FromServer().Syn(500 + port).Ack(101), back), kOwner);
    }
  }
  EXPECT_TRUE(routes_.empty());
}

TEST_F(ViewRoutesTest, AConnectionThatBeganHereStays) {
  EXPECT_EQ(Begin(FromClient().Syn(100)), kOwner);
  // So many others come that the entry is replaced. Then another worker enters the number.
  for (uint32_t i = 0; i < 4 * SharedHandshakes::kCapacity; ++i) EnterElsewhere(1000 + i, kThird, 0.1);
  EnterElsewhere(100, kHolder, 0.2);
  EXPECT_EQ(Begin(FromClient(1).Syn(100)), kOwner) << "the SYN again";
  EXPECT_EQ(Begin(FromServer(1).Syn(500).Ack(101)), kOwner);
}

TEST_F(ViewRoutesTest, ALaterAttemptOfAnotherViewFindsTheFirst) {
  EnterElsewhere(100);
  EXPECT_EQ(Begin(FromClient(63).Syn(100)), kHolder) << "the translation lost five SYNs";
}

TEST_F(ViewRoutesTest, ALaterConnectionOnTheRouteStaysOnIt) {
  EnterElsewhere(100);
  Begin(FromClient().Syn(100));
  EXPECT_EQ(Begin(FromClient(9).Syn(200)), kHolder);
  EXPECT_EQ(handshakes_.FindOrEnter({200, false, kBefore, TestTime(9)}, kThird).worker, kHolder)
      << "so other views follow";
}

TEST_F(ViewRoutesTest, ALaterConnectionCanChangeTheRoute) {
  EnterElsewhere(100);
  Begin(FromClient().Syn(100));
  EnterElsewhere(200, kThird, 9);
  EXPECT_EQ(Begin(FromClient(9).Syn(200)), kThird);
  EXPECT_EQ(Find(FromClient(9)), kThird);
  EnterElsewhere(300, kOwner, 10);
  EXPECT_EQ(Begin(FromClient(10).Syn(300)), kOwner);
  EXPECT_EQ(Find(FromClient(10)), kOwner);
  EXPECT_EQ(Begin(FromServer(10).Syn(500).Ack(301)), kOwner);
}

TEST_F(ViewRoutesTest, ARouteLivesAsLongAsItsConnection) {
  const struct {
    std::vector<Segment> segments;
    double timeout;
  } kCases[] = {
      {{}, 127},
      {{FromServer().Syn(500).Ack(101)}, 127},
      {{FromClient().Ack(501)}, 3600},
      {{FromClient().Fin()}, 3600},
      {{FromClient().Fin(), FromClient().Fin()}, 3600},
      {{FromClient().Fin(), FromServer().Fin(), FromClient().Ack(9)}, 60},
      {{FromServer().Fin(), FromClient().Fin()}, 60},
      {{FromServer().Rst()}, 60},
      {{FromServer().Rst(), FromClient().Ack(9)}, 3600},
  };
  for (const auto& each : kCases) {
    for (const bool expires : {false, true}) {
      SharedHandshakes handshakes(5, kWorkers);
      ViewRoutes routes(Options(), kWorkers, &handshakes);
      handshakes.FindOrEnter({100, false, kBefore, TestTime(0)}, kHolder);
      routes.BeginAt(kAfter, FromClient().Syn(100), kOwner);
      for (const Segment& segment : each.segments) {
        EXPECT_EQ(ViewRoutes::IsHandshake(segment) ? routes.BeginAt(kAfter, segment, kOwner)
                                                   : routes.FindWorker(segment, kOwner),
                  kHolder);
      }
      // A route's time has steps of 8.6 s.
      const double seconds = expires ? each.timeout + 20 : each.timeout - 1;
      EXPECT_EQ(routes.FindWorker(FromClient(seconds).Ack(9), kOwner), expires ? kOwner : kHolder)
          << &each - kCases << " after " << seconds;
    }
  }
}

TEST_F(ViewRoutesTest, PacketsThatGoBackInTimeKeepARoute) {
  EnterElsewhere(100);
  Begin(FromClient(100).Syn(100));
  EXPECT_EQ(Find(FromClient(0)), kHolder);
  EXPECT_EQ(Find(FromClient(100)), kHolder);
}

TEST_F(ViewRoutesTest, WithoutRoomTheLongestUnusedRouteIsForgottenAndCounted) {
  constexpr uint32_t kRoutes = 2 * ViewRoutes::kLeastCapacity;
  uint32_t number = 0;
  const auto begin = [&](double seconds) {
    ++number;
    EnterElsewhere(number, kHolder, seconds);
    server_.port = static_cast<uint16_t>(number);
    EXPECT_EQ(Begin(FromClient(seconds).Syn(number)), kHolder);
    EXPECT_EQ(Find(FromClient(seconds)), kHolder);
  };
  while (number < kRoutes) begin(0);
  const uint64_t lost = routes_.lost_routes();
  EXPECT_GE(lost, kRoutes - ViewRoutes::kLeastCapacity);
  EXPECT_LT(lost, kRoutes * 7 / 10);
  // The kept routes are used again; the next ones replace others.
  uint32_t kept = 0;
  for (server_.port = 1; server_.port <= kRoutes; ++server_.port) kept += Find(FromClient(10)) == kHolder;
  EXPECT_EQ(kept, kRoutes - lost);
  // All have expired: new ones need no room.
  for (uint32_t i = 0; i < ViewRoutes::kLeastCapacity / 4; ++i) begin(4000);
  EXPECT_EQ(routes_.lost_routes(), lost);
}

TEST_F(ViewRoutesTest, AFloodOnOneStretchMakesNoRoute) {
  for (const bool is_constant : {false, true}) {
    for (uint32_t i = 0; i < 200000; ++i) {
      const uint32_t number = is_constant ? 42 : i * 2654435761u;
      // Other workers read the same flood.
      if (i % 4 != kOwner) {
        EnterElsewhere(number, i % 4, i * 1e-6, kAfter);
        continue;
      }
      client_.port = static_cast<uint16_t>(i);
      client_.address = At("10.0.0." + std::to_string(i >> 16) + ":1").address;
      ASSERT_EQ(Begin(FromClient(i * 1e-6).Syn(number)), kOwner);
    }
  }
  EXPECT_TRUE(routes_.empty());
  EXPECT_GT(routes_.lost_handshakes(), 0u);
}

TEST_F(ViewRoutesTest, OnlyASynWithoutFinOrRstIsAHandshake) {
  for (const uint8_t flags : {int{kTcpSyn}, kTcpSyn | kTcpAck, kTcpSyn | kTcpEce | kTcpCwr}) {
    EXPECT_TRUE(ViewRoutes::IsHandshake(FromClient().Flags(flags)));
  }
  for (const uint8_t flags : {int{kTcpAck}, int{kTcpRst}, kTcpSyn | kTcpRst, kTcpSyn | kTcpFin, 0}) {
    EXPECT_FALSE(ViewRoutes::IsHandshake(FromClient().Flags(flags)));
  }
}

}  // namespace
}  // namespace tcpgauge
