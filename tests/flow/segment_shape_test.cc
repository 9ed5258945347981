// SPDX-License-Identifier: Apache-2.0
#include "src/flow/segment_shape.h"

#include <set>
#include <vector>

#include "gtest/gtest.h"
#include "tests/support/segment.h"

namespace tcpgauge {
namespace {

const Endpoint kClient = At("192.0.2.1:40000");
const Endpoint kServer = At("198.51.100.2:443");

Segment Syn() { return Segment(kClient, kServer).Syn(1000).Window(64240).WindowScale(7).Timestamps(5, 0); }
Segment Data() { return Segment(kClient, kServer).Seq(1001).Ack(5001).Timestamps(6, 7).Payload(100); }

TEST(SynShape, IsTheSameOnEveryStretch) {
  const uint32_t shape = SynShape(Syn());
  EXPECT_EQ(SynShape(Segment(At("[2001:db8::1]:1"), kServer).Syn(1).Window(64240).WindowScale(7).Timestamps(5, 0)),
            shape);
  EXPECT_EQ(SynShape(Syn().On(3).Time(0.5).Vlan(7).Tunnel(TunnelType::kVxlan, 42)), shape);
}

TEST(SynShape, DiffersWithEachPart) {
  DecodedPacket other_options = Syn();
  other_options.option_kinds = 1;
  DecodedPacket no_timestamps = Syn();
  no_timestamps.has_timestamps = false;
  DecodedPacket no_scale = Syn();
  no_scale.window_scale = DecodedPacket::kNoWindowScale;
  const std::vector<DecodedPacket> syns = {Syn(),         Syn().Window(64241),          Syn().WindowScale(8),
                                           no_scale,      Syn().Timestamps(6, 0),       Syn().Timestamps(0, 0),
                                           no_timestamps, Syn().Timestamps(1 << 31, 0), other_options};
  std::set<uint32_t> shapes;
  for (const DecodedPacket& syn : syns) shapes.insert(SynShape(syn));
  EXPECT_EQ(shapes.size(), syns.size());
}

TEST(SynShape, IgnoresTimestampsThatAreLeftOver) {
  DecodedPacket a = Syn(), b = Syn().Timestamps(9, 9);
  a.has_timestamps = b.has_timestamps = false;
  EXPECT_EQ(SynShape(a), SynShape(b));
  EXPECT_EQ(SegmentShape(a), SegmentShape(b));
}

TEST(SegmentShape, IsTheSameOnEveryStretchHoweverTheSegmentIsCut) {
  const uint32_t shape = SegmentShape(Data());
  EXPECT_EQ(SegmentShape(Data().On(3).Time(0.5).Vlan(7).Payload(5).Window(9)), shape);
}

TEST(SegmentShape, DiffersWithEachPart) {
  DecodedPacket no_timestamps = Data();
  no_timestamps.has_timestamps = false;
  const std::vector<DecodedPacket> segments = {Data(),
                                               Data().Ack(5002),
                                               Data().Ack(0x80000000u + 5001),
                                               Data().Timestamps(7, 6),
                                               Data().Timestamps(6, 8),
                                               Data().Timestamps(0, 0),
                                               no_timestamps};
  std::set<uint32_t> shapes;
  for (const DecodedPacket& segment : segments) shapes.insert(SegmentShape(segment));
  EXPECT_EQ(shapes.size(), segments.size());
}

// A digest that only adds up words would give many of these the same value.
TEST(SegmentShape, SeldomCollidesForNumbersThatAreClose) {
  std::set<uint32_t> shapes;
  for (uint32_t ack = 0; ack < 100; ++ack) {
    for (uint32_t value = 0; value < 100; ++value) shapes.insert(SegmentShape(Data().Ack(ack).Timestamps(value, 3)));
  }
  EXPECT_GE(shapes.size(), 9998u);
}

}  // namespace
}  // namespace tcpgauge
