// SPDX-License-Identifier: Apache-2.0
#include "src/flow/tcp_state.h"

#include <vector>

#include "gtest/gtest.h"

namespace tcpgauge {
namespace {

enum class From { kClient, kServer };

SegmentFacts Facts(From from, std::string_view flags) {
  SegmentFacts facts;
  facts.from_client = from == From::kClient;
  for (const char flag : flags) {
    facts.syn |= flag == 'S';
    facts.ack |= flag == 'A';
    facts.fin |= flag == 'F';
    facts.rst |= flag == 'R';
    facts.has_payload |= flag == 'P';
    facts.both_fins_acknowledged |= flag == '.';
  }
  return facts;
}

SegmentFacts Client(std::string_view flags) { return Facts(From::kClient, flags); }
SegmentFacts Server(std::string_view flags) { return Facts(From::kServer, flags); }

// The name of the state after each segment, from the first segment on.
std::vector<std::string_view> Follow(const std::vector<SegmentFacts>& segments) {
  std::vector<std::string_view> names;
  ConnectionState state = FirstState(segments[0]);
  names.push_back(ConnectionStateName(state));
  for (size_t i = 1; i < segments.size(); ++i) {
    state = NextState(state, segments[i]);
    names.push_back(ConnectionStateName(state));
  }
  return names;
}

using States = std::vector<std::string_view>;

TEST(TcpState, FollowsTheHandshakeOfFigure6) {
  EXPECT_EQ(Follow({Client("S"), Server("SA"), Client("A")}), States({"syn_sent", "syn_received", "established"}));
}

TEST(TcpState, FollowsTheSimultaneousOpenOfFigure7) {
  EXPECT_EQ(Follow({Client("S"), Server("S"), Client("SA"), Server("SA"), Client("A")}),
            States({"syn_sent", "syn_received", "syn_received", "syn_received", "established"}));
}

TEST(TcpState, FollowsASplitHandshake) {
  EXPECT_EQ(Follow({Client("S"), Server("A"), Server("S"), Client("SA"), Server("A")}),
            States({"syn_sent", "syn_sent", "syn_received", "syn_received", "established"}));
}

TEST(TcpState, DataInTheSynEstablishesNothing) {
  EXPECT_EQ(Follow({Client("SP"), Server("SA"), Client("AP")}), States({"syn_sent", "syn_received", "established"}));
}

TEST(TcpState, EstablishesWhereTheSynAckWasMissed) {
  EXPECT_EQ(Follow({Client("S"), Client("A")}), States({"syn_sent", "established"}));
  EXPECT_EQ(Follow({Client("S"), Server("AP")}), States({"syn_sent", "established"}));
}

TEST(TcpState, AChallengeAckAnswersNoSyn) { EXPECT_EQ(Follow({Client("S"), Server("A")}).back(), "syn_sent"); }

TEST(TcpState, ARepeatedSynOrSynAckChangesNothing) {
  EXPECT_EQ(Follow({Client("S"), Client("S")}).back(), "syn_sent");
  EXPECT_EQ(Follow({Client("S"), Server("SA"), Server("SA"), Client("S")}).back(), "syn_received");
  EXPECT_EQ(Follow({Client("S"), Server("SA"), Client("A"), Server("SA")}).back(), "established");
}

TEST(TcpState, BeginsAsItsFirstSegmentSays) {
  EXPECT_EQ(FirstState(Client("S")), ConnectionState::kSynSent);
  EXPECT_EQ(FirstState(Server("SA")), ConnectionState::kSynReceived);
  EXPECT_EQ(FirstState(Server("A")), ConnectionState::kEstablished);
  EXPECT_EQ(FirstState(Client("")), ConnectionState::kEstablished);
  EXPECT_EQ(FirstState(Client("FA")), ConnectionState::kClosing);
  EXPECT_EQ(FirstState(Client("R")), ConnectionState::kReset);
  EXPECT_EQ(FirstState(Client("SR")), ConnectionState::kReset);
}

TEST(TcpState, IsClosedWhenBothFinsAreAcknowledged) {
  EXPECT_EQ(Follow({Server("A"), Client("FA"), Server("A"), Server("FA"), Client("A.")}),
            States({"established", "closing", "closing", "closing", "closed"}));
}

TEST(TcpState, AHalfClosedConnectionStaysClosing) {
  EXPECT_EQ(Follow({Server("A"), Client("FA"), Server("A"), Server("AP"), Server("AP"), Client("A")}).back(),
            "closing");
}

TEST(TcpState, AFinOutranksTheHandshake) {
  EXPECT_EQ(Follow({Client("S"), Server("SA"), Client("FA")}).back(), "closing");
  EXPECT_EQ(Follow({Client("S"), Client("FA")}).back(), "closing");
}

TEST(TcpState, AnyRstEndsWhatIsNotOver) {
  EXPECT_EQ(Follow({Client("S"), Server("RA")}).back(), "reset");
  EXPECT_EQ(Follow({Client("S"), Server("SA"), Client("R")}).back(), "reset");
  EXPECT_EQ(Follow({Client("A"), Client("R")}).back(), "reset");
  EXPECT_EQ(Follow({Client("A"), Client("FA"), Server("R")}).back(), "reset");
}

TEST(TcpState, TheSynOfARefusedConnectionMayComeAgain) {
  SegmentFacts again = Client("S");
  EXPECT_EQ(NextState(ConnectionState::kReset, again), ConnectionState::kReset);
  again.after_refusal = true;
  EXPECT_EQ(NextState(ConnectionState::kReset, again), ConnectionState::kSynSent);
  again.rst = true;
  EXPECT_EQ(NextState(ConnectionState::kReset, again), ConnectionState::kReset);
  SegmentFacts other = Server("S");
  other.after_refusal = true;
  EXPECT_EQ(NextState(ConnectionState::kReset, other), ConnectionState::kReset);
}

TEST(TcpState, WhatIsOverStaysOver) {
  EXPECT_EQ(NextState(ConnectionState::kClosed, Client("R")), ConnectionState::kClosed);
  EXPECT_EQ(NextState(ConnectionState::kClosed, Client("A")), ConnectionState::kClosed);
  EXPECT_EQ(NextState(ConnectionState::kReset, Client("FA")), ConnectionState::kReset);
  EXPECT_EQ(NextState(ConnectionState::kReset, Server("SA")), ConnectionState::kReset);
}

}  // namespace
}  // namespace tcpgauge
