// SPDX-License-Identifier: Apache-2.0
#include "src/decode/tcp_header_pieces.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "tests/decode/decode_frame.h"

namespace tcpgauge {
namespace {

constexpr uint16_t kId = 77;

// Sends a segment in pieces. It has a header of 20 bytes, 12 bytes of timestamps and 100 bytes of payload.
class TcpHeaderPiecesTest : public testing::Test {
 protected:
  DecodedPacket Take(const Frame& outer, size_t offset, size_t count, uint16_t id = kId) {
    Frame frame = outer;
    return Send(
        frame.Ipv4().Set8(9, 6).Ipv4Fragment(static_cast<uint16_t>(offset), offset + count < segment_.size(), id),
        offset, count, 0);
  }
  DecodedPacket Take(size_t offset, size_t count, uint16_t id = kId) {
    return Take(Frame().Ethernet(), offset, count, id);
  }
  DecodedPacket Take6(size_t offset, size_t count) {
    Frame frame =
        Frame().Ethernet().Ipv6().Ipv6Fragment(static_cast<uint16_t>(offset), offset + count < segment_.size());
    return Send(frame.Set8(0, 6), offset, count, 0);
  }

  // The last `cut_bytes` of the fragment are not captured.
  DecodedPacket Send(Frame frame, size_t offset, size_t count, size_t cut_bytes) {
    std::vector<uint8_t> bytes = frame.Payload(count).Bytes();
    std::copy_n(segment_.begin() + static_cast<ptrdiff_t>(offset), count, bytes.end() - static_cast<ptrdiff_t>(count));
    const auto wire_length_bytes = static_cast<uint32_t>(bytes.size());
    bytes.resize(bytes.size() - cut_bytes);
    DecodedPacket packet;
    DecodePacket(LinkType::kEthernet, bytes, wire_length_bytes, &packet, &pieces_);
    return packet;
  }

  std::vector<uint8_t> segment_ = Frame().Tcp().Sequence(1234).Flags(kTcpAck).Timestamps(7, 8).Payload(100).Bytes();
  TcpHeaderPieces pieces_;
};

TEST_F(TcpHeaderPiecesTest, AreTheSegmentOnceTheyAreWhole) {
  EXPECT_EQ(Summary(Take(0, 8)), "tcp");
  EXPECT_EQ(Summary(Take(8, 8)), "tcp");
  EXPECT_EQ(Summary(Take(16, 8)), "tcp") << "options are missing";
  const auto whole = Take(24, 24);
  EXPECT_EQ(Summary(whole), "10.0.0.1:40000 > 10.0.0.2:80 16");
  EXPECT_TRUE(whole.is_fragment);
  EXPECT_EQ(whole.fragment_id, kId);
  EXPECT_EQ(whole.sequence_number, 1234u);
  EXPECT_EQ(whole.tcp_flags, kTcpAck);
  EXPECT_TRUE(whole.has_timestamps);
  EXPECT_EQ(whole.timestamp_value, 7u);
  EXPECT_EQ(whole.ip_length_bytes, 4 * 20u + 48u);
  EXPECT_EQ(Summary(Take(48, 84)), "10.0.0.1 > 10.0.0.2 fragment 84");
  EXPECT_EQ(pieces_.unfinished(), 0u);
}

TEST_F(TcpHeaderPiecesTest, MayBeCutAnywhere) {
  for (size_t first = 8; first < 32; first += 8) {
    EXPECT_EQ(Summary(Take(0, first)), "tcp") << first;
    EXPECT_EQ(Summary(Take(first, segment_.size() - first)), "10.0.0.1:40000 > 10.0.0.2:80 100") << first;
  }
}

TEST_F(TcpHeaderPiecesTest, AreOfIpv6AndOfTunnelsToo) {
  EXPECT_EQ(Summary(Take6(0, 16)), "tcp");
  EXPECT_EQ(Summary(Take6(16, 56)), "[2001:db8::1]:40000 > [2001:db8::2]:80 40");
  const Frame tunnel = Frame().Ethernet().Vlan(7).Ipv4("1.1.1.1", "2.2.2.2").Vxlan(5).Ethernet();
  EXPECT_EQ(Summary(Take(tunnel, 0, 8)), "tcp");
  EXPECT_EQ(Summary(Take(8, 124)), "10.0.0.1 > 10.0.0.2 fragment 124") << "outside of the tunnel";
  const auto whole = Take(tunnel, 8, 124);
  EXPECT_EQ(Summary(whole), "10.0.0.1:40000 > 10.0.0.2:80 100");
  EXPECT_EQ(Around(whole), "vlan 7 / vxlan 5");
}

TEST_F(TcpHeaderPiecesTest, MayComeInAnyOrder) {
  std::vector<std::pair<size_t, size_t>> order = {{0, 8}, {8, 8}, {16, 8}, {24, 24}};
  do {
    std::string last;
    for (const auto& [offset, count] : order) last = Summary(Take(offset, count));
    EXPECT_EQ(last, "10.0.0.1:40000 > 10.0.0.2:80 16");
  } while (std::next_permutation(order.begin(), order.end()));
  EXPECT_EQ(pieces_.unfinished(), 0u);
}

TEST_F(TcpHeaderPiecesTest, HashTheKindsOfTheOptionsOfASyn) {
  const Frame syn = Frame().Ethernet().Ipv4().Tcp().Flags(kTcpSyn).Options({2, 4, 5, 0xb4, 4, 2, 1, 1, 3, 3, 7, 0});
  const uint32_t kinds = Decode(syn).option_kinds;
  EXPECT_NE(kinds, 0u);
  segment_ = Frame().Tcp().Flags(kTcpSyn).Options({2, 4, 5, 0xb4, 4, 2, 1, 1, 3, 3, 7, 0}).Bytes();
  for (size_t first = 8; first < segment_.size(); first += 8) {
    Take(0, first);
    EXPECT_EQ(Take(first, segment_.size() - first).option_kinds, kinds) << first;
  }
}

TEST_F(TcpHeaderPiecesTest, OfDatagramsAreToldApart) {
  EXPECT_EQ(Summary(Take(0, 16, 1)), "tcp");
  EXPECT_EQ(Summary(Take(0, 16, 2)), "tcp");
  EXPECT_EQ(Summary(Take(16, 116, 3)), "10.0.0.1 > 10.0.0.2 fragment 116");
  EXPECT_EQ(Summary(Take(16, 116, 1)), "10.0.0.1:40000 > 10.0.0.2:80 100");
  EXPECT_EQ(Summary(Take(16, 116, 2)), "10.0.0.1:40000 > 10.0.0.2:80 100");
}

TEST_F(TcpHeaderPiecesTest, ThatOverlapAreLeftOut) {
  EXPECT_EQ(Summary(Take(0, 16)), "tcp");
  EXPECT_EQ(Summary(Take(8, 24)), "10.0.0.1 > 10.0.0.2 fragment 24");
  EXPECT_EQ(Summary(Take(16, 16)), "10.0.0.1:40000 > 10.0.0.2:80 0");
}

TEST_F(TcpHeaderPiecesTest, AreForgottenOnAnotherFirstFragment) {
  EXPECT_EQ(Summary(Take(0, 16)), "tcp");
  EXPECT_EQ(Summary(Take(0, 8)), "tcp error ip_fragment") << "the header before was never completed";
  EXPECT_EQ(pieces_.unfinished(), 1u);
  EXPECT_EQ(Summary(Take(8, 124)), "10.0.0.1:40000 > 10.0.0.2:80 100");
}

TEST_F(TcpHeaderPiecesTest, LeaveFollowingFragmentsOfWholeHeadersAlone) {
  EXPECT_EQ(Summary(Take(0, 40)), "10.0.0.1:40000 > 10.0.0.2:80 8");
  EXPECT_EQ(Summary(Take(40, 8)), "10.0.0.1 > 10.0.0.2 fragment 8");
  EXPECT_EQ(Summary(Take(48, 84)), "10.0.0.1 > 10.0.0.2 fragment 84");
}

TEST_F(TcpHeaderPiecesTest, AreAnErrorWhenTheDataOffsetIsImpossible) {
  segment_[12] = 0x40;
  EXPECT_EQ(Summary(Take(0, 8)), "tcp");
  EXPECT_EQ(Summary(Take(8, 24)), "10.0.0.1:40000 > 10.0.0.2:80 16 error tcp_data_offset");
}

TEST_F(TcpHeaderPiecesTest, NeedAllBytesOfTheHeader) {
  EXPECT_EQ(Summary(Send(Frame().Ethernet().Ipv4().Set8(9, 6).Ipv4Fragment(0, true, kId), 0, 16, 1)), "tcp");
  EXPECT_EQ(Summary(Take(16, 116)), "tcp") << "a byte was not captured";
}

TEST_F(TcpHeaderPiecesTest, AreNotPutTogetherInsideOfOuterFragments) {
  const Frame outer = Frame().Ethernet().Ipv4("1.1.1.1", "2.2.2.2").Ipv4Fragment(0, true);
  EXPECT_EQ(Summary(Take(outer, 0, 8)), "tcp error ip_fragment");
}

TEST_F(TcpHeaderPiecesTest, GiveWayWhenThereAreTooMany) {
  for (uint16_t id = 0; id < TcpHeaderPieces::kCapacity; ++id) EXPECT_EQ(Summary(Take(0, 8, id)), "tcp");
  EXPECT_EQ(Summary(Take(8, 8, 5000)), "10.0.0.1 > 10.0.0.2 fragment 8") << "only a first fragment gets a place";
  EXPECT_EQ(pieces_.unfinished(), 0u);
  EXPECT_EQ(Summary(Take(0, 8, 6000)), "tcp error ip_fragment");
  EXPECT_EQ(pieces_.unfinished(), 1u);
  EXPECT_EQ(Summary(Take(8, 124, 0)), "10.0.0.1 > 10.0.0.2 fragment 124") << "the oldest was replaced";
  EXPECT_EQ(Summary(Take(8, 124, 1)), "10.0.0.1:40000 > 10.0.0.2:80 100");
  EXPECT_EQ(Summary(Take(8, 124, 6000)), "10.0.0.1:40000 > 10.0.0.2:80 100");
}

}  // namespace
}  // namespace tcpgauge
