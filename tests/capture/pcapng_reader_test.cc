// SPDX-License-Identifier: Apache-2.0
#include "src/capture/pcapng_reader.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "gtest/gtest.h"
#include "src/net/packet_direction.h"
#include "tests/support/file_packets.h"
#include "tests/support/frame.h"
#include "tests/support/memory_file.h"
#include "tests/support/pcapng_builder.h"

namespace tcpgauge {
namespace {

using Bytes = std::vector<uint8_t>;
using Order = PcapngBuilder::Order;

constexpr uint16_t kEthernet = 1, kRaw = 101, kSll = 113;
constexpr int64_t kSecond = 1000000000;

struct Packet {
  uint32_t link_type;
  std::string interface;
  int64_t time_ns;
  uint32_t wire_length_bytes;
  Bytes captured;
  bool exceeds_snaplen;
  PacketDirection direction;
};

struct Outcome {
  std::vector<Packet> packets;
  std::string error;  // of opening or reading
};

Outcome Read(const Bytes& contents) {
  Outcome outcome;
  const MemoryFile file(contents);
  InterfaceNames names("FILE");
  const auto reader = PcapngReader::Open(std::make_unique<FileBytes>(file.fd(), false), &names);
  if (!reader.ok()) {
    outcome.error = std::string(reader.status().message());
    return outcome;
  }
  PacketFile::Packet packet;
  while ((*reader)->Next(&packet)) {
    outcome.packets.push_back({packet.link_type, names.Name(packet.interface), packet.time_ns, packet.wire_length_bytes,
                               Bytes(packet.captured.begin(), packet.captured.end()), packet.exceeds_snaplen,
                               packet.direction});
  }
  outcome.error = std::string((*reader)->status().message());
  return outcome;
}

PcapngBuilder::InterfaceOptions Named(const std::string& name) {
  PcapngBuilder::InterfaceOptions options;
  options.name = name;
  return options;
}

PcapngBuilder::InterfaceOptions Limited(uint32_t snaplen) {
  PcapngBuilder::InterfaceOptions options;
  options.snaplen = snaplen;
  return options;
}

PcapngBuilder::InterfaceOptions Timed(uint8_t resolution, int64_t offset_seconds = 0) {
  PcapngBuilder::InterfaceOptions options;
  options.resolution = resolution;
  options.offset_seconds = offset_seconds;
  return options;
}

TEST(PcapngReader, TellsLinkTypeTimeLengthAndBytesOfEachPacketInBothByteOrders) {
  for (const Order order : {Order::kHost, Order::kSwapped}) {
    const Outcome seen = Read(PcapngBuilder(order)
                                  .Interface(kEthernet)
                                  .Interface(kRaw, Timed(9, 100))  // nanoseconds, with a time offset of 100 s
                                  .Block(5, Bytes(12))             // statistics
                                  .Packet(1, 5, {1, 2, 3}, 5)
                                  .ObsoletePacket(0, 7000000, {4})
                                  .bytes());
    EXPECT_EQ(seen.error, "");
    ASSERT_EQ(seen.packets.size(), 2);
    EXPECT_EQ(seen.packets[0].link_type, kRaw);
    EXPECT_EQ(seen.packets[0].time_ns, 100 * kSecond + 5);
    EXPECT_EQ(seen.packets[0].wire_length_bytes, 8);
    EXPECT_EQ(seen.packets[0].captured, Bytes({1, 2, 3}));
    EXPECT_EQ(seen.packets[1].link_type, kEthernet);
    EXPECT_EQ(seen.packets[1].time_ns, 7 * kSecond);
    EXPECT_EQ(seen.packets[1].captured, Bytes({4}));
  }
}

TEST(PcapngReader, ReadsSectionsOfDifferentByteOrders) {
  for (const auto& [first, second] :
       {std::pair(Order::kHost, Order::kSwapped), std::pair(Order::kSwapped, Order::kHost),
        std::pair(Order::kSwapped, Order::kSwapped)}) {
    const Outcome seen = Read(PcapngBuilder(first)
                                  .Interface(kEthernet)
                                  .Interface(kRaw)
                                  .Packet(1, 1000000, {1})
                                  .Section(second)
                                  .Interface(kSll, Timed(3))
                                  .Packet(0, 2000, {2})
                                  .Section(first)
                                  .Interface(kRaw)
                                  .SimplePacket(1, {3})
                                  .bytes());
    EXPECT_EQ(seen.error, "");
    ASSERT_EQ(seen.packets.size(), 3);
    EXPECT_EQ(seen.packets[0].link_type, kRaw);
    EXPECT_EQ(seen.packets[1].link_type, kSll);
    EXPECT_EQ(seen.packets[1].time_ns, 2 * kSecond);
    EXPECT_EQ(seen.packets[2].link_type, kRaw);
    EXPECT_EQ(seen.packets[2].captured, Bytes({3}));
  }
}

TEST(PcapngReader, ASectionBeginsWithoutInterfaces) {
  const Outcome seen = Read(PcapngBuilder().Interface(kEthernet).Section().Packet(0, 1, {1}).bytes());
  EXPECT_EQ(seen.error, "pcapng block at byte 80: a packet of interface 0, which was not described");
}

TEST(PcapngReader, TellsTheNameOfEachInterface) {
  for (const Order order : {Order::kHost, Order::kSwapped}) {
    const Outcome seen = Read(PcapngBuilder(order)
                                  .Interface(kEthernet, Named("eth0"))
                                  .Interface(kEthernet)
                                  .Interface(kEthernet, Named(""))
                                  .Interface(kEthernet, Named(std::string("lo\0\0", 4)))
                                  .Interface(kEthernet, Named("\\Device\\NPF_{0}"))
                                  .Interface(kEthernet, Named(std::string("tun0\0more", 9)))
                                  .Packet(4, 1, {})
                                  .Packet(5, 1, {})
                                  .Packet(3, 1, {})
                                  .Packet(2, 1, {})
                                  .Packet(1, 1, {})
                                  .Packet(0, 1, {})
                                  .Section(order)
                                  .Interface(kEthernet, Named("eth1"))
                                  .SimplePacket(0, {})
                                  .bytes());
    std::vector<std::string> names;
    for (const Packet& packet : seen.packets) names.push_back(packet.interface);
    EXPECT_EQ(names, std::vector<std::string>({"\\Device\\NPF_{0}", "tun0", "lo", "FILE", "FILE", "eth0", "eth1"}));
  }
}

constexpr PacketDirection kUnknown = PacketDirection::kUnknown;
constexpr PacketDirection kIn = PacketDirection::kIn;
constexpr PacketDirection kOut = PacketDirection::kOut;

std::vector<PacketDirection> DirectionsOf(const PcapngBuilder& builder) {
  const Outcome seen = Read(builder.bytes());
  EXPECT_EQ(seen.error, "");
  std::vector<PacketDirection> directions;
  for (const Packet& packet : seen.packets) directions.push_back(packet.direction);
  return directions;
}

using Directions = std::vector<PacketDirection>;

TEST(PcapngReader, TellsTheDirectionInAPacketsFlagsInBothByteOrders) {
  for (const Order order : {Order::kHost, Order::kSwapped}) {
    PcapngBuilder builder(order);
    builder.Interface(kEthernet);
    for (const uint32_t flags : {0u, 1u, 2u, 3u, 0xfffffffcu, 0xfffffffdu, 0xfffffffeu, 0xffffffffu, 0x01000000u}) {
      builder.Packet(0, 1, {1, 2, 3, 4, 5}).PacketFlags(flags);
    }
    EXPECT_EQ(DirectionsOf(builder),
              Directions({kUnknown, kIn, kOut, kUnknown, kUnknown, kIn, kOut, kUnknown, kUnknown}));
  }
}

TEST(PcapngReader, FindsAPacketsFlagsBehindDataOfAnyLengthAndOtherOptions) {
  for (const size_t captured : {0, 1, 2, 3, 4, 61}) {
    const Bytes bytes(captured, 2);
    PcapngBuilder builder;
    builder.Interface(kEthernet).Packet(0, 1, bytes, 9).PacketFlags(2);
    builder.Packet(0, 1, bytes).Option(1, 5, {'h', 'e', 'l', 'l', 'o'}).Option(4, 8, Bytes(8)).PacketFlags(1);
    builder.ObsoletePacket(0, 1, bytes).Option(3, 5, Bytes(5)).PacketFlags(2).Option(0, 0, {});
    builder.Packet(0, 1, bytes).PacketFlags(1).PacketFlags(2).Option(0, 0, {});
    EXPECT_EQ(DirectionsOf(builder), Directions({kOut, kIn, kOut, kIn})) << captured;
  }
}

TEST(PcapngReader, LeavesTheDirectionUnknownWithoutFlags) {
  PcapngBuilder builder;
  builder.Interface(kEthernet).Packet(0, 1, {1}).PacketFlags(2).Packet(0, 1, {1});  // flags hold for one packet
  builder.ObsoletePacket(0, 1, {1}).Packet(0, 1, {1}).PacketFlags(2).SimplePacket(4, {2, 0, 4, 0}).PacketFlags(1);
  builder.Packet(0, 1, {2, 0, 4, 0, 1, 0, 0, 0});  // the packet looks like flags
  builder.Packet(0, 1, {1}).Option(1, 2, {'h', 'i'});
  EXPECT_EQ(DirectionsOf(builder), Directions({kOut, kUnknown, kUnknown, kOut, kUnknown, kUnknown, kUnknown}));
}

TEST(PcapngReader, MalformedOptionsDoNotFailThePacket) {
  const Bytes kFlags = {1, 0, 0, 0};
  PcapngBuilder builder;
  builder.Interface(kEthernet);
  builder.Packet(0, 1, {1}).Option(2, 2, {1, 0});                         // flags of a wrong length
  builder.Packet(0, 1, {1}).Option(2, 0, {});                             // flags without a value
  builder.Packet(0, 1, {1}).Option(2, 4, {});                             // the block ends before the value
  builder.Packet(0, 1, {1}).Option(2, 8, kFlags);                         // the block ends within the value
  builder.Packet(0, 1, {1}).Option(1, 0xffff, kFlags).PacketFlags(1);     // a length beyond the block
  builder.Packet(0, 1, {1}).Option(0, 0, {}).PacketFlags(1);              // flags after the end of the options
  builder.Packet(0, 1, {1}).Option(2, 3, {2, 0, 0, 0}).PacketFlags(1);    // a wrong length, then the right one
  builder.ObsoletePacket(0, 1, {1}).Option(1, 9, kFlags).PacketFlags(1);  // a length into the next option
  builder.Packet(0, 1, {7});
  const Outcome seen = Read(builder.bytes());
  EXPECT_EQ(seen.error, "");
  ASSERT_EQ(seen.packets.size(), 9);
  for (size_t i = 0; i < seen.packets.size(); ++i) {
    EXPECT_EQ(seen.packets[i].direction, i == 6 ? kIn : kUnknown) << i;
    EXPECT_EQ(seen.packets[i].captured, Bytes({i == 8 ? uint8_t{7} : uint8_t{1}})) << i;
  }
}

TEST(PcapngReader, TimesHaveAnyResolution) {
  const struct {
    uint8_t resolution;
    int64_t offset_seconds;
    uint64_t time;
    int64_t want_ns;
  } kCases[] = {
      {0, 0, 1700000000, 1700000000 * kSecond},
      {3, 0, 1700000000123, 1700000000123000000},
      {6, 0, 1700000000123456, 1700000000123456000},
      {9, 0, 1700000000123456789, 1700000000123456789},
      {12, 0, 1700000000123456789, 1700000000123456},
      {19, 1700000000, 12345678901234567, 1700000000001234567},
      {28, 5, UINT64_MAX, 5 * kSecond + 1},
      {29, 5, UINT64_MAX, 5 * kSecond},
      {127, 5, UINT64_MAX, 5 * kSecond},
      {0x80, 0, 1700000000, 1700000000 * kSecond},
      {0x81, 0, 3, kSecond * 3 / 2},
      {0x80 + 32, 1700000000, uint64_t{1} << 31, 1700000000500000000},
      {0x80 + 63, 0, uint64_t{1} << 62, kSecond / 2},
      {0x80 + 64, 0, uint64_t{1} << 63, kSecond / 2},
      {0xff, 5, UINT64_MAX, 5 * kSecond},
      {0, 0, UINT64_MAX, INT64_MAX / 2},  // not after 2116
      {6, -1, 500000, 0},                 // not before 1970
      {6, INT64_MIN, UINT64_MAX, 0},      // the same
      {0, INT64_MAX, UINT64_MAX, INT64_MAX / 2},
  };
  for (const auto& each : kCases) {
    for (const Order order : {Order::kHost, Order::kSwapped}) {
      const Outcome seen = Read(PcapngBuilder(order)
                                    .Interface(kEthernet, Timed(each.resolution, each.offset_seconds))
                                    .Packet(0, each.time, {})
                                    .bytes());
      ASSERT_EQ(seen.packets.size(), 1);
      EXPECT_EQ(seen.packets[0].time_ns, each.want_ns) << int{each.resolution};
    }
  }
}

TEST(PcapngReader, ReadsPacketsBeyondTheSnapshotLengthWhole) {
  const Bytes bytes(100, 7);
  for (const auto& [snaplen, exceeds] : {std::pair(0u, false), std::pair(1u, true), std::pair(99u, true),
                                         std::pair(100u, false), std::pair(262144u, false)}) {
    const Outcome seen = Read(
        PcapngBuilder().Interface(kEthernet, Limited(snaplen)).Packet(0, 1, bytes).ObsoletePacket(0, 1, bytes).bytes());
    ASSERT_EQ(seen.packets.size(), 2);
    for (const Packet& packet : seen.packets) {
      EXPECT_EQ(packet.captured, bytes);
      EXPECT_EQ(packet.exceeds_snaplen, exceeds) << snaplen;
    }
  }
}

// A simple packet block does not state how much of the packet was captured.
TEST(PcapngReader, InASimplePacketOnlyPaddingExceedsTheSnapshotLength) {
  const struct {
    uint32_t snaplen;
    uint32_t wire_bytes;
    size_t in_block;
    size_t want;
    bool exceeds;
  } kCases[] = {
      {0, 3, 3, 3, false},      {10, 3, 3, 3, false}, {5, 100, 5, 5, false},   {8, 100, 8, 8, false},
      {5, 100, 100, 100, true}, {5, 7, 7, 5, false},  {0, 100, 40, 40, false},
  };
  for (const auto& each : kCases) {
    const Outcome seen = Read(PcapngBuilder()
                                  .Interface(kSll, Limited(each.snaplen))
                                  .SimplePacket(each.wire_bytes, Bytes(each.in_block, 1))
                                  .bytes());
    ASSERT_EQ(seen.packets.size(), 1) << seen.error;
    EXPECT_EQ(seen.packets[0].captured, Bytes(each.want, 1));
    EXPECT_EQ(seen.packets[0].wire_length_bytes, each.wire_bytes);
    EXPECT_EQ(seen.packets[0].exceeds_snaplen, each.exceeds);
    EXPECT_EQ(seen.packets[0].time_ns, 0);
    EXPECT_EQ(seen.packets[0].link_type, kSll);
  }
}

TEST(PcapngReader, SkipsBlocksOfAnyLengthAndCutsVeryLongPackets) {
  const Bytes long_packet(PacketFile::kMaxCapturedBytes + 5000, 9);
  for (const size_t size : {size_t{0}, FileBytes::kMaxPeekBytes - 12, FileBytes::kMaxPeekBytes - 8, size_t{3000000}}) {
    const Outcome seen = Read(PcapngBuilder()
                                  .Block(0x0bad, Bytes(size))
                                  .Interface(kEthernet)
                                  .Block(10, Bytes(size))
                                  .Packet(0, 1, {1})
                                  .Packet(0, 2, long_packet)
                                  .Packet(0, 3, Bytes(size, 3))
                                  .Block(0x80000001, Bytes(size))
                                  .Packet(0, 4, {4})
                                  .bytes());
    EXPECT_EQ(seen.error, "");
    ASSERT_EQ(seen.packets.size(), 4);
    EXPECT_EQ(seen.packets[1].captured, Bytes(PacketFile::kMaxCapturedBytes, 9));
    EXPECT_EQ(seen.packets[1].wire_length_bytes, long_packet.size());
    EXPECT_EQ(seen.packets[2].captured, Bytes(std::min(size, PacketFile::kMaxCapturedBytes), 3));
    EXPECT_EQ(seen.packets[3].captured, Bytes({4}));
  }
}

TEST(PcapngReader, NamesWhatIsDamaged) {
  const auto replaced = [](Bytes bytes, size_t at, uint8_t value) {
    bytes[at] = value;
    return bytes;
  };
  // The blocks begin at byte 0, 28, 52 and 88.
  const Bytes whole = PcapngBuilder().Interface(kEthernet).Packet(0, 1, {1, 2, 3}).Block(10, Bytes(400000)).bytes();
  const size_t last = whole.size();
  const struct {
    Bytes bytes;
    std::string error;
    size_t packets;
  } kCases[] = {
      {replaced(whole, 8, 0), "pcapng block at byte 0: no byte-order magic", 0},
      {replaced(whole, 12, 2), "pcapng block at byte 0: unsupported pcapng version 2.0", 0},
      {replaced(whole, 4, 24), "pcapng block at byte 0: an invalid length of 24 bytes", 0},
      {replaced(whole, 28, 6), "pcapng block at byte 28: a packet before the first interface description", 0},
      {replaced(whole, 28, 7), "pcapng block at byte 52: a packet before the first interface description", 0},
      {Bytes(whole.begin(), whole.begin() + 28),
       "pcapng block at byte 28: the file ends without an interface description", 0},
      {Bytes(whole.begin(), whole.begin() + 30), "pcapng block at byte 28: cut short", 0},
      {replaced(whole, 56, 37), "pcapng block at byte 52: an invalid length of 37 bytes", 0},
      {replaced(whole, 56, 8), "pcapng block at byte 52: an invalid length of 8 bytes", 0},
      {replaced(whole, 59, 0x40), "pcapng block at byte 52: an invalid length of 1073741860 bytes", 0},
      {replaced(whole, 60, 1), "pcapng block at byte 52: a packet of interface 1, which was not described", 0},
      {replaced(whole, 72, 5), "pcapng block at byte 52: a packet longer than its block", 0},
      {replaced(whole, 84, 40), "pcapng block at byte 52: its two lengths differ", 0},
      {Bytes(whole.begin(), whole.begin() + 80), "pcapng block at byte 52: cut short", 0},
      {Bytes(whole.begin(), whole.begin() + 95), "pcapng block at byte 88: cut short", 1},
      {Bytes(whole.begin(), whole.end() - 1), "pcapng block at byte 88: cut short", 1},
      {Bytes(whole.begin(), whole.end() - 100000), "pcapng block at byte 88: cut short", 1},
      {replaced(whole, last - 4, 7), "pcapng block at byte 88: its two lengths differ", 1},
      {PcapngBuilder().Interface(kEthernet).Packet(0, 1, {1}).Block(6, Bytes(16)).bytes(),
       "pcapng block at byte 88: a packet block that is too short", 1},
      {PcapngBuilder().Interface(kEthernet).Packet(0, 1, {1}).Block(1, Bytes(4)).bytes(),
       "pcapng block at byte 88: an interface description that is too short", 1},
      {PcapngBuilder().Interface(kEthernet).Packet(0, 1, {1}).Block(3, {}).bytes(),
       "pcapng block at byte 88: a simple packet without an interface or a length", 1},
      {PcapngBuilder().Interface(kEthernet).Packet(0, 1, {1}).Section(Order::kSwapped, 2).bytes(),
       "pcapng block at byte 88: unsupported pcapng version 2.0", 1},
  };
  for (const auto& each : kCases) {
    const Outcome seen = Read(each.bytes);
    EXPECT_EQ(seen.error, each.error);
    EXPECT_EQ(seen.packets.size(), each.packets) << each.error;
  }
}

TEST(PcapngReader, ASectionHasABoundedNumberOfInterfaces) {
  PcapngBuilder builder;
  for (size_t i = 0; i < PcapngReader::kMaxInterfaces; ++i) builder.Interface(kEthernet);
  builder.Packet(PcapngReader::kMaxInterfaces - 1, 1, {1});
  EXPECT_EQ(Read(builder.bytes()).packets.size(), 1);
  builder.Interface(kEthernet);
  EXPECT_TRUE(absl::EndsWith(Read(builder.bytes()).error, ": too many interfaces"));
}

// What libpcap reads too: one link type, one snapshot length and one byte order.
Bytes ForTheLibrary(Order order) {
  const auto segment = [](uint16_t port) { return Frame().Ethernet().Ipv4().Tcp(port, 80).Bytes(); };
  PcapngBuilder builder(order);
  builder.Block(0x0bad, Bytes(20)).Interface(kEthernet, Limited(262144));
  for (const uint8_t resolution : {0, 3, 6, 9, 12, 18, 0x80 + 0, 0x80 + 10, 0x80 + 30}) {
    PcapngBuilder::InterfaceOptions options = Timed(resolution, resolution % 2 == 0 ? 1600000000 : 0);
    options.snaplen = 262144;
    options.name = "eth" + std::to_string(resolution);
    builder.Interface(kEthernet, options);
  }
  builder.Packet(0, 1700000000000000, segment(1)).Block(5, Bytes(24));
  for (uint16_t i = 0; i < 10; ++i) {
    builder.Packet(i, 1700000, segment(static_cast<uint16_t>(100 + i)), i);
    builder.ObsoletePacket(i, 1700001, segment(static_cast<uint16_t>(200 + i)), i);
  }
  builder.SimplePacket(54, segment(2));
  builder.Section(order).Interface(kEthernet, Limited(262144)).Packet(0, 1700000000000001, segment(3));
  return builder.bytes();
}

TEST(PcapngReader, ReadsAsTheLibraryDoes) {
  for (const Order order : {Order::kHost, Order::kSwapped}) {
    const MemoryFile file(ForTheLibrary(order));
    for (const std::string filter : {"", "tcp src port 104 or tcp src port 3", "udp"}) {
      const FilePackets ours = ReadFile(file.path(), filter);
      EXPECT_EQ(ours.error, "");
      EXPECT_EQ(ours.ports().size(), filter == "udp" ? 0 : filter.empty() ? 23 : 2);
      EXPECT_TRUE(ours.SameAs(ReadFileByLibrary(file.path(), filter))) << filter;
    }
  }
}

TEST(PcapngReader, EveryCutEndsAfterTheSamePacketsAsWithTheLibrary) {
  for (const Order order : {Order::kHost, Order::kSwapped}) {
    const Bytes whole = ForTheLibrary(order);
    for (size_t size = 0; size < whole.size(); ++size) {
      const MemoryFile file(Bytes(whole.begin(), whole.begin() + static_cast<ptrdiff_t>(size)));
      const FilePackets ours = ReadFile(file.path());
      const FilePackets library = ReadFileByLibrary(file.path());
      EXPECT_EQ(ours.ports(), library.ports()) << size;
      EXPECT_EQ(ours.error.empty(), library.error.empty()) << size << ": " << ours.error << " / " << library.error;
    }
  }
}

TEST(PcapngReader, EveryFlippedByteEndsInPacketsOrAnError) {
  const Bytes whole = PcapngBuilder()
                          .Interface(kEthernet, Named("eth0"))
                          .Interface(kRaw, Timed(6))
                          .Packet(1, 5, {1, 2, 3})
                          .SimplePacket(2, {1, 2})
                          .Section(Order::kSwapped)
                          .Interface(kSll)
                          .Packet(0, 5, {1, 2, 3})
                          .bytes();
  ASSERT_EQ(Read(whole).packets.size(), 3);
  for (size_t at = 0; at < whole.size(); ++at) {
    for (const uint8_t change : {0xff, 0x01, 0x80}) {
      Bytes flipped = whole;
      flipped[at] ^= change;
      EXPECT_LE(Read(flipped).packets.size(), 3);
    }
  }
}

}  // namespace
}  // namespace tcpgauge
