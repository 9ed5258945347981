// SPDX-License-Identifier: Apache-2.0
#include "src/flow/key_hasher.h"

#include "gtest/gtest.h"
#include "src/flow/connection_hint.h"
#include "tests/support/segment.h"

namespace tcpgauge {
namespace {

ConnectionKey Key(uint16_t port, uint32_t encapsulation = 0) {
  End sender;
  return ConnectionKey::Of({At("10.0.0.1:0").address, port}, At("10.0.0.2:80"), encapsulation, &sender);
}

TEST(KeyHasher, DependsOnTheSeedAndOnEachPartOfTheKey) {
  const KeyHasher hasher(1);
  EXPECT_NE(hasher.HashOf(Key(1)), KeyHasher(2).HashOf(Key(1)));
  EXPECT_NE(hasher.HashOf(Key(1)), hasher.HashOf(Key(2)));
  EXPECT_NE(hasher.HashOf(Key(1)), hasher.HashOf(Key(1, 5)));
  EXPECT_EQ(hasher.HashOf(Key(1)), KeyHasher(1).HashOf(Key(1)));
}

TEST(ConnectionHint, IsTheSameConnectionInBothDirections) {
  const KeyHasher hasher(1);
  const Endpoint low = At("10.0.0.1:1"), high = At("10.0.0.2:80");
  for (const bool from_low : {true, false}) {
    const ConnectionHint hint = ConnectionHint::Of(from_low ? Segment(low, high) : Segment(high, low), hasher);
    EXPECT_TRUE(hint.known);
    EXPECT_EQ(hint.key_hash, static_cast<uint32_t>(hasher.HashOf(Key(1))));
    EXPECT_EQ(Key(1).endpoint(hint.sender), from_low ? low : high);
  }
}

TEST(ConnectionHint, IsUnknownWhereOnlyTheTableKnows) {
  const KeyHasher hasher(1);
  const Endpoint a = At("10.0.0.1:1"), b = At("10.0.0.2:80");
  EXPECT_FALSE(ConnectionHint::Of(Segment(a, b).Vlan(5), hasher).known);
  EXPECT_FALSE(ConnectionHint::Of(Segment(a, b).Tunnel(TunnelType::kVxlan, 7), hasher).known);
  EXPECT_FALSE(ConnectionHint::Of(Segment(a, b).FirstFragment(1), hasher).known);
  EXPECT_FALSE(ConnectionHint::Of(Segment(a, b).FollowingFragment(1), hasher).known);
  DecodedPacket other = Segment(a, b);
  other.kind = DecodedPacket::Kind::kNotTcp;
  EXPECT_FALSE(ConnectionHint::Of(other, hasher).known);
  other.kind = DecodedPacket::Kind::kError;
  EXPECT_FALSE(ConnectionHint::Of(other, hasher).known);
}

}  // namespace
}  // namespace tcpgauge
