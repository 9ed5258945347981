// SPDX-License-Identifier: Apache-2.0
#include "src/capture/pcap_reader.h"

#include <pcap/pcap.h>

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "src/base/check.h"
#include "src/capture/interface_lookup.h"
#include "src/capture/packet_source.h"
#include "src/decode/link_type.h"
#include "src/net/packet_direction.h"
#include "tests/support/frame.h"
#include "tests/support/memory_file.h"
#include "tests/support/pcapng_builder.h"

namespace tcpgauge {
namespace {

using Bytes = std::vector<uint8_t>;

constexpr uint16_t kEthernet = 1, kSll = 113;
constexpr EthernetAddress kOwn = {0x02, 0x42, 0xac, 0x11, 0x00, 0x02};
constexpr PacketDirection kUnknown = PacketDirection::kUnknown;
constexpr PacketDirection kIn = PacketDirection::kIn;
constexpr PacketDirection kOut = PacketDirection::kOut;

using Directions = std::vector<PacketDirection>;

// A frame with these addresses.
Frame Between(const EthernetAddress& source, const EthernetAddress& destination) {
  Frame frame = Frame().Ethernet();
  for (size_t i = 0; i < destination.size(); ++i) frame.Set8(i, destination[i]).Set8(i + 6, source[i]);
  return frame;
}

Frame From(const EthernetAddress& source) { return Between(source, {2, 0, 0, 0, 0, 9}); }

std::unique_ptr<PcapReader> Open(uint16_t link_type, const std::vector<Frame>& frames) {
  PcapngBuilder builder;
  builder.Interface(link_type);
  for (const Frame& frame : frames) builder.Packet(0, 1, frame.Bytes());
  const MemoryFile file(builder.bytes());
  char error[PCAP_ERRBUF_SIZE] = "";
  PcapHandle handle(pcap_open_offline(file.path().c_str(), error));
  TCPGAUGE_CHECK(handle != nullptr);
  return std::make_unique<PcapReader>(std::move(handle), *LinkTypeOf(link_type));
}

Directions Read(PcapReader* reader) {
  Directions directions;
  PacketBatch batch;
  // The packets of a batch hold values of others.
  while (!batch.full()) batch.Add()->direction = kOut;
  batch.clear();
  while (reader->Read(&batch) > 0) {
    for (const DecodedPacket& packet : batch.packets()) directions.push_back(packet.direction);
    batch.clear();
  }
  return directions;
}

TEST(PcapReader, TellsTheDirectionOfFramesByTheInterfacesOwnAddress) {
  EthernetAddress first_byte = kOwn, last_byte = kOwn;
  first_byte.front() ^= 0x40;
  last_byte.back() ^= 1;
  const auto reader = Open(kEthernet, {
                                          From(kOwn).Ipv4().Tcp(),
                                          From(first_byte).Ipv4().Tcp(),
                                          From(last_byte).Ipv6().Tcp(),
                                          Between({2, 0, 0, 0, 0, 9}, kOwn).Ipv4().Tcp(),
                                          Between(kOwn, kOwn).Ipv4().Tcp(),
                                          From(kOwn).Vlan(7).Ipv6().Tcp(),
                                          From(kOwn).Ipv4().Udp(1, 2),
                                          From(kOwn).Ipv4().CutInLayer(3),
                                          From(kOwn).CutInLayer(12),
                                          From(kOwn).CutInLayer(11),
                                          From(kOwn).CutInLayer(0),
                                      });
  reader->SetOwnAddress(kOwn);
  EXPECT_EQ(Read(reader.get()), Directions({kOut, kIn, kIn, kIn, kOut, kOut, kOut, kOut, kOut, kUnknown, kUnknown}));
}

TEST(PcapReader, TellsTheDirectionOfATunnelByItsOuterFrame) {
  Frame inner = From(kOwn).Ipv4().Vxlan(1).Ethernet().Set32(6, 0x02000000).Ipv4().Tcp();
  Frame outer = From({2, 0, 0, 0, 0, 7}).Ipv4().Vxlan(1).Ethernet();
  for (size_t i = 0; i < kOwn.size(); ++i) outer.Set8(6 + i, kOwn[i]);
  const auto reader = Open(kEthernet, {inner, outer.Ipv4().Tcp()});
  reader->SetOwnAddress(kOwn);
  EXPECT_EQ(Read(reader.get()), Directions({kOut, kIn}));
}

TEST(PcapReader, LeavesTheDirectionOfFramesUnknownWithoutAnAddress) {
  const std::vector<Frame> frames = {From(kOwn).Ipv4().Tcp(), From({}).Ipv4().Tcp()};
  EXPECT_EQ(Read(Open(kEthernet, frames).get()), Directions({kUnknown, kUnknown}));
  const auto reader = Open(kEthernet, frames);
  reader->SetOwnAddress(kOwn);
  reader->SetOwnAddress(std::nullopt);
  EXPECT_EQ(Read(reader.get()), Directions({kUnknown, kUnknown}));
}

TEST(PcapReader, FollowsAChangeOfTheOwnAddress) {
  const auto reader = Open(kEthernet, std::vector<Frame>(PacketBatch::kCapacity + 1, From(kOwn).Ipv4().Tcp()));
  reader->SetOwnAddress(EthernetAddress{2, 0, 0, 0, 0, 1});
  PacketBatch batch;
  ASSERT_EQ(reader->Read(&batch), PacketBatch::kCapacity);
  EXPECT_EQ(batch.packets().front().direction, kIn);
  reader->SetOwnAddress(kOwn);
  EXPECT_EQ(Read(reader.get()), Directions({kOut}));
}

TEST(PcapReader, LeavesTheDirectionOfOtherLinkTypesToTheirHeaders) {
  const auto reader = Open(
      kSll, {Frame().LinuxSll(4).Ipv4().Tcp(), Frame().LinuxSll(0).Ipv4().Tcp(), Frame().LinuxSll(5).Ipv4().Tcp()});
  reader->SetOwnAddress(EthernetAddress{});
  EXPECT_EQ(Read(reader.get()), Directions({kOut, kIn, kUnknown}));
}

}  // namespace
}  // namespace tcpgauge
