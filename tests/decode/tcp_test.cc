// SPDX-License-Identifier: Apache-2.0
#include "src/decode/tcp.h"

#include "gtest/gtest.h"
#include "tests/decode/decode_frame.h"

namespace tcpgauge {
namespace {

Frame Segment() { return Frame().Ethernet().Ipv4().Tcp(); }

TEST(TcpDecoder, FindsTimestampsAmongOptionsOfAnyOrder) {
  const Frame kFrames[] = {
      Segment().Options({8, 10, 0, 0, 0, 7, 0, 0, 0, 9, 1, 1}),
      Segment().Options({2, 4, 5, 0xb4, 4, 2, 8, 10, 0, 0, 0, 7, 0, 0, 0, 9, 1, 3, 3, 7}),
      Segment().Options({1, 1, 5, 10, 0, 0, 0, 1, 0, 0, 0, 2, 1, 1, 8, 10, 0, 0, 0, 7, 0, 0, 0, 9}),
      Segment().Options({1, 1, 8, 10, 0, 0, 0, 7, 0, 0, 0, 9, 1, 1, 5, 10, 0, 0, 0, 1, 0, 0, 0, 2}),
  };
  for (const Frame& frame : kFrames) {
    const auto packet = Decode(Frame(frame).Payload(3));
    EXPECT_TRUE(packet.has_timestamps);
    EXPECT_EQ(packet.timestamp_value, 7u);
    EXPECT_EQ(packet.timestamp_echo_reply, 9u);
    EXPECT_EQ(packet.payload_length_bytes, 3u);
  }
}

TEST(TcpDecoder, FindsTheWindowScaleOfASyn) {
  const Frame syn = Segment().Flags(kTcpSyn);
  constexpr int kNone = DecodedPacket::kNoWindowScale;
  const struct {
    Frame frame;
    int scale;
  } kCases[] = {
      {Frame(syn).Options({2, 4, 5, 0xb4, 4, 2, 8, 10, 0, 0, 0, 7, 0, 0, 0, 9, 1, 3, 3, 7}),
       7},                                                                         // as Linux orders them
      {Frame(syn).Options({2, 4, 5, 0xb4, 1, 3, 3, 8, 1, 1, 4, 2}), 8},            // as Windows orders them
      {Frame(syn).Options({1, 1, 8, 10, 0, 0, 0, 7, 0, 0, 0, 9, 3, 3, 2, 1}), 2},  // timestamps first
      {Segment().Flags(kTcpSyn | kTcpAck).Options({3, 3, 5, 0}), 5},
      {Frame(syn).Options({3, 3, 15, 0}), 14},  // RFC 7323 section 2.3
      {Frame(syn).Options({3, 3, 0, 0}), 0},
      {Frame(syn).Options({2, 4, 5, 0xb4}), kNone},
      {Frame(syn).Options({3, 4, 7, 0}), kNone},  // a wrong length
      {syn, kNone},
  };
  for (const auto& c : kCases) EXPECT_EQ(Decode(c.frame).window_scale, c.scale);
  EXPECT_TRUE(Decode(kCases[2].frame).has_timestamps);
}

uint32_t KindsOf(const Frame& frame) { return Decode(frame).option_kinds; }

TEST(TcpDecoder, HashesTheKindsOfASynsOptionsWithoutLengthsAndValues) {
  const Frame syn = Segment().Flags(kTcpSyn);
  const uint32_t kinds = KindsOf(Frame(syn).Options({2, 4, 5, 0xb4, 1, 3, 3, 8, 4, 2, 1, 1}));
  EXPECT_NE(kinds, 0u);
  const Frame kSame[] = {
      Frame(syn).Options({2, 4, 5, 0x14, 1, 3, 3, 8, 4, 2, 1, 1}),              // another MSS
      Frame(syn).Options({2, 4, 5, 0xb4, 1, 3, 3, 2, 4, 2, 1, 1}),              // another window scale
      Frame(syn).Options({2, 4, 5, 0xb4, 1, 3, 3, 8, 4, 3, 9, 1, 1, 0, 0, 0}),  // another length
      Frame(syn).Options({2, 4, 5, 0xb4, 1, 3, 3, 8, 4, 2, 1, 1, 0, 2, 4, 5}),  // bytes after the end
      Segment().Flags(kTcpSyn | kTcpAck).Options({2, 4, 1, 2, 1, 3, 3, 8, 4, 2, 1, 1}),
      Frame(syn).Options({2, 4, 5, 0xb4, 1, 3, 3, 8, 4, 2, 1, 1}).Payload(100),
      Frame().Ethernet().Vlan(7).Ipv6().Tcp().Flags(kTcpSyn).Options({2, 4, 0, 0, 1, 3, 3, 8, 4, 2, 1, 1}),
  };
  for (const Frame& frame : kSame) EXPECT_EQ(KindsOf(frame), kinds);
  const Frame kOthers[] = {
      Frame(syn).Options({1, 2, 4, 5, 0xb4, 3, 3, 8, 4, 2, 1, 1}),              // another order of no-operation
      Frame(syn).Options({3, 3, 8, 1, 2, 4, 5, 0xb4, 4, 2, 1, 1}),              // another order of options
      Frame(syn).Options({2, 4, 5, 0xb4, 1, 3, 3, 8, 4, 2, 1, 1, 1, 1, 1, 1}),  // more of no-operation
      Frame(syn).Options({2, 4, 5, 0xb4, 1, 3, 3, 8, 4, 2, 1, 1, 34, 2, 0, 0}),
      Frame(syn).Options({2, 4, 5, 0xb4, 1, 3, 3, 8, 4, 2, 1, 0}),   // less of no-operation
      Frame(syn).Options({2, 4, 5, 0xb4, 1, 3, 3, 8, 34, 2, 1, 1}),  // another kind
      Frame(syn).Options({2, 4, 5, 0xb4}),
  };
  for (const Frame& frame : kOthers) {
    EXPECT_NE(KindsOf(frame), kinds);
    EXPECT_NE(KindsOf(frame), 0u);
  }
}

TEST(TcpDecoder, HashesTheKindsOfASynWhoseTimestampsComeFirst) {
  const Frame syn = Segment().Flags(kTcpSyn);
  const uint32_t alone = KindsOf(Frame(syn).Timestamps(7, 9));
  EXPECT_EQ(alone, KindsOf(Frame(syn).Timestamps(1, 0)));
  EXPECT_EQ(alone, KindsOf(Frame(syn).Timestamps(7, 9).Options({0, 0, 0, 0})));
  EXPECT_NE(alone, KindsOf(Frame(syn).Timestamps(7, 9).Options({2, 4, 5, 0xb4})));
  EXPECT_NE(alone, KindsOf(Frame(syn).Options({8, 10, 0, 0, 0, 7, 0, 0, 0, 9, 1, 1})));
  EXPECT_NE(alone, 0u);
}

TEST(TcpDecoder, TellsThatASynHasNoOptions) {
  EXPECT_EQ(KindsOf(Segment().Flags(kTcpSyn)), 0u);
  EXPECT_EQ(KindsOf(Segment().Flags(kTcpSyn).Options({0, 0, 0, 0})), 0u);
  EXPECT_EQ(KindsOf(Segment().Flags(kTcpSyn).Options({2, 4, 5, 0xb4}).CutInLayer(18)), 0u);
}

TEST(TcpDecoder, HashesTheKindsUpToAMalformedOption) {
  const Frame syn = Segment().Flags(kTcpSyn);
  const uint32_t kinds = KindsOf(Frame(syn).Options({2, 4, 5, 0xb4, 3, 3, 7, 0}));
  EXPECT_EQ(KindsOf(Frame(syn).Options({2, 4, 5, 0xb4, 3, 0, 4, 2})), kinds) << "a length of 0";
  EXPECT_EQ(KindsOf(Frame(syn).Options({2, 4, 5, 0xb4, 3, 200, 4, 2})), kinds) << "a length beyond the header";
  EXPECT_EQ(KindsOf(Frame(syn).Options({2, 4, 5, 0xb4, 3, 3, 7, 4}).CutInLayer(25)), kinds) << "not captured whole";
}

TEST(TcpDecoder, FindsNoTimestampsInMalformedOptions) {
  const Frame kFrames[] = {
      Segment().Options({8, 9, 0, 0, 0, 7, 0, 0, 0, 1, 1, 1}),     // a wrong length
      Segment().Options({5, 0, 8, 10, 0, 0, 0, 7, 0, 0, 0, 9}),    // a length of 0
      Segment().Options({5, 1, 8, 10, 0, 0, 0, 7, 0, 0, 0, 9}),    // a length below 2
      Segment().Options({0, 0, 8, 10, 0, 0, 0, 7, 0, 0, 0, 9}),    // after the end of options
      Segment().Options({5, 200, 8, 10, 0, 0, 0, 7, 0, 0, 0, 9}),  // a length beyond the header
      Segment().Options({1, 1, 1, 1, 1, 1, 8, 10}).Payload(8),     // the header ends before the values
      Segment().Options({1, 1, 8, 10}).Payload(8),
      Segment().Options({1, 1, 1, 8}).Payload(8),  // the header ends before the length
  };
  for (const Frame& frame : kFrames) {
    const auto packet = Decode(frame);
    EXPECT_EQ(packet.kind, Kind::kTcpSegment);
    EXPECT_FALSE(packet.has_timestamps);
  }
}

TEST(TcpDecoder, CountsASegmentThatWasCutOffAfterTheWindow) {
  const Frame segment = Segment().Window(77).Timestamps(7, 9).Payload(1000);
  for (size_t captured : {16, 20, 24, 31}) {
    const auto packet = Decode(Frame(segment).CutInLayer(captured));
    EXPECT_EQ(Summary(packet), "10.0.0.1:40000 > 10.0.0.2:80 1000");
    EXPECT_EQ(packet.window, 77);
    EXPECT_FALSE(packet.has_timestamps) << captured;
  }
  EXPECT_TRUE(Decode(Frame(segment).CutInLayer(32)).has_timestamps);
}

TEST(TcpDecoder, TellsHowThePayloadBegins) {
  // The bytes of the payload are 0 unless they are set.
  const auto start = [](Frame frame, size_t header_bytes) {
    return Decode(frame.Payload(100).Set32(header_bytes, 0x17030300).Set8(header_bytes + 4, 95)).payload_start;
  };
  EXPECT_EQ(start(Segment(), 20), PayloadStart::kApplicationData);
  EXPECT_EQ(start(Segment().Timestamps(7, 9), 32), PayloadStart::kApplicationData);
  EXPECT_EQ(start(Segment().Options({5, 4, 0, 0, 1, 1, 1, 1}), 28), PayloadStart::kApplicationData);
  EXPECT_EQ(start(Segment().Flags(kTcpSyn), 20), PayloadStart::kApplicationData);
  EXPECT_EQ(start(Frame().Ethernet().Vlan(7).Ipv6().Tcp(), 20), PayloadStart::kApplicationData);
  EXPECT_EQ(start(Frame().Ethernet().Ipv4().Ipv4Fragment(0, true).Tcp(), 20), PayloadStart::kApplicationData);
  EXPECT_EQ(Decode(Segment().Payload(100)).payload_start, PayloadStart::kOther);
}

TEST(TcpDecoder, DoesNotTakePaddingForPayload) {
  const auto packet = Decode(Segment().Payload(1).Set8(20, 0x17).Padding(5).Set32(21, 0x03030010));
  EXPECT_EQ(packet.payload_length_bytes, 1u);
  EXPECT_EQ(packet.payload_start, PayloadStart::kNotCaptured);
}

TEST(TcpDecoder, TellsWhenTheBeginningOfThePayloadWasNotCaptured) {
  const Frame segment = Segment().Timestamps(7, 9).Payload(100).Set32(32, 0x17030300).Set8(36, 95);
  for (size_t captured : {16, 31, 32, 33, 36}) {
    EXPECT_EQ(Decode(Frame(segment).CutInLayer(captured)).payload_start, PayloadStart::kNotCaptured) << captured;
  }
  EXPECT_EQ(Decode(Frame(segment).CutInLayer(37)).payload_start, PayloadStart::kApplicationData);
  EXPECT_EQ(Decode(Segment().Payload(100).CutInLayer(21)).payload_start, PayloadStart::kOther);
  EXPECT_EQ(Decode(Segment().Payload(100).Set8(20, 'P').CutInLayer(21)).payload_start, PayloadStart::kNotCaptured);
  EXPECT_EQ(Decode(Segment().Payload(1).Set8(20, 'P')).payload_start, PayloadStart::kOther) << "the whole payload";
}

TEST(TcpDecoder, BelievesNothingThatABrokenHeaderSays) {
  const auto packet = Decode(Segment().Window(77).Options({8, 10, 0, 0, 0, 7, 0, 0, 0, 9, 1, 1}).Set8(12, 0x40));
  EXPECT_EQ(packet.kind, Kind::kTcpSegment);
  EXPECT_EQ(packet.error, DecodeError::kTcpDataOffset);
  EXPECT_EQ(packet.tcp_flags, 0);
  EXPECT_EQ(packet.sequence_number, 0u);
  EXPECT_EQ(packet.acknowledgment_number, 0u);
  EXPECT_EQ(packet.window, 0);
  EXPECT_FALSE(packet.has_timestamps);
  EXPECT_EQ(packet.payload_start, PayloadStart::kNotCaptured);
}

}  // namespace
}  // namespace tcpgauge
