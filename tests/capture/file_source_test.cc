// SPDX-License-Identifier: Apache-2.0
#include "src/capture/file_source.h"

#include <fcntl.h>
#include <unistd.h>

#include <string>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
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

constexpr uint16_t kEthernet = 1, kRaw = 101, kSll = 113, kBluetooth = 201, kUsb = 220, kIeee802154 = 195;
constexpr uint16_t kNull = 0, kPpp = 9, kRadiotap = 127, kMpls = 219, kNflog = 239, kSll2 = 276;

Bytes Ethernet(uint16_t port) { return Frame().Ethernet().Ipv4().Tcp(port, 80).Bytes(); }
Bytes Raw(uint16_t port) { return Frame().Ipv4().Tcp(port, 80).Bytes(); }
Bytes Cooked(uint16_t port) { return Frame().LinuxSll().Ipv4().Tcp(port, 80).Bytes(); }

PcapngBuilder::InterfaceOptions Options(uint32_t snaplen, const std::string& name = "") {
  PcapngBuilder::InterfaceOptions options;
  options.snaplen = snaplen;
  if (!name.empty()) options.name = name;
  return options;
}

// Reads a file, and once more through a pipe. Both must give the same.
struct Seen {
  FilePackets packets;
  std::vector<std::string> log;  // the lines
};
Seen Read(const Bytes& contents, const std::string& filter = "") {
  const MemoryFile file(contents);
  testing::internal::CaptureStderr();
  Seen seen;
  seen.packets = ReadFile(file.path(), filter);
  seen.log = absl::StrSplit(testing::internal::GetCapturedStderr(), '\n', absl::SkipEmpty());

  int ends[2];
  EXPECT_EQ(pipe2(ends, O_CLOEXEC), 0);
  std::thread writer([&] {
    for (size_t at = 0; at < contents.size();) {
      const ssize_t count = write(ends[1], contents.data() + at, contents.size() - at);
      if (count <= 0) break;
      at += static_cast<size_t>(count);
    }
    close(ends[1]);
  });
  const FilePackets piped = ReadFile("/proc/self/fd/" + std::to_string(ends[0]), filter);
  Bytes rest(1 << 16);
  while (read(ends[0], rest.data(), rest.size()) > 0) {  // read what an error left, so that the writer does not wait
  }
  writer.join();
  close(ends[0]);
  EXPECT_TRUE(piped.SameAs(seen.packets)) << piped.error;
  return seen;
}

TEST(OpenFile, ReadsInterfacesOfDifferentLinkTypesInTheOrderOfTheFile) {
  PcapngBuilder builder;
  builder.Interface(kEthernet).Packet(0, 1, Ethernet(1)).Packet(0, 2, Ethernet(2));
  builder.Interface(kRaw).Interface(kSll);
  for (uint16_t i = 0; i < 100; ++i) {
    builder.Packet(1, 3, Raw(static_cast<uint16_t>(3 + 3 * i)));
    builder.Packet(2, 4, Cooked(static_cast<uint16_t>(4 + 3 * i)));
    builder.Packet(0, 5, Ethernet(static_cast<uint16_t>(5 + 3 * i)));
  }
  std::vector<int> all;
  for (int port = 1; port <= 302; ++port) all.push_back(port);
  EXPECT_EQ(Read(builder.bytes()).packets.ports(), all);
  EXPECT_EQ(
      Read(builder.bytes(), "tcp src port 2 or tcp src port 3 or tcp src port 4 or tcp src port 302").packets.ports(),
      std::vector<int>({2, 3, 4, 302}));
}

TEST(OpenFile, TakesTheDirectionFromFlagsBeforeTheLinuxCookedHeader) {
  constexpr PacketDirection kUnknown = PacketDirection::kUnknown;
  constexpr PacketDirection kIn = PacketDirection::kIn;
  constexpr PacketDirection kOut = PacketDirection::kOut;
  constexpr uint32_t kInbound = 1, kOutbound = 2;
  const Bytes sent = Frame().LinuxSll(4).Ipv4().Tcp(1, 80).Bytes();
  const Bytes received = Frame().LinuxSll(0).Ipv4().Tcp(1, 80).Bytes();
  PcapngBuilder builder;
  builder.Interface(kEthernet).Interface(kSll).Interface(kBluetooth);
  builder.Packet(0, 1, Ethernet(1)).Packet(0, 1, Ethernet(1)).PacketFlags(kInbound);
  builder.Packet(0, 1, Ethernet(1)).PacketFlags(kOutbound).Packet(0, 1, Ethernet(1)).PacketFlags(0);
  builder.Packet(1, 1, sent).Packet(1, 1, received).Packet(1, 1, sent).PacketFlags(0);
  builder.Packet(1, 1, sent).PacketFlags(kInbound).Packet(1, 1, received).PacketFlags(kOutbound);
  builder.Packet(2, 1, {1}).PacketFlags(kOutbound).Packet(2, 1, {1});
  EXPECT_EQ(Read(builder.bytes()).packets.directions,
            std::vector<PacketDirection>({kUnknown, kIn, kOut, kUnknown, kOut, kIn, kOut, kIn, kOut, kOut, kUnknown}));
}

TEST(OpenFile, ReadsInterfacesOfDifferentSnapshotLengths) {
  for (const auto& [first, second, third] : {std::tuple(65535u, 262144u, 0u), std::tuple(0u, 96u, 65535u),
                                             std::tuple(262144u, 1500u, 262144u), std::tuple(54u, 1u << 30, 55u)}) {
    const Seen seen = Read(PcapngBuilder()
                               .Interface(kEthernet, Options(first))
                               .Packet(0, 1, Ethernet(1))
                               .Interface(kEthernet, Options(second))
                               .Interface(kEthernet, Options(third))
                               .Packet(1, 2, Ethernet(2))
                               .Packet(2, 3, Ethernet(3))
                               .Packet(0, 4, Ethernet(4))
                               .bytes());
    EXPECT_EQ(seen.packets.ports(), std::vector<int>({1, 2, 3, 4}));
    EXPECT_EQ(seen.packets.error, "");
    EXPECT_TRUE(seen.log.empty());
  }
}

TEST(OpenFile, ReadsSectionsOfDifferentByteOrders) {
  for (const Order first : {Order::kHost, Order::kSwapped}) {
    const Order second = first == Order::kHost ? Order::kSwapped : Order::kHost;
    const Seen seen = Read(PcapngBuilder(first)
                               .Interface(kEthernet, Options(65535))
                               .Packet(0, 1, Ethernet(1))
                               .Section(second)
                               .Interface(kSll, Options(65535))
                               .Packet(0, 2, Cooked(2))
                               .Section(first)
                               .Interface(kEthernet, Options(100))
                               .SimplePacket(54, Ethernet(3))
                               .bytes());
    EXPECT_EQ(seen.packets.ports(), std::vector<int>({1, 2, 3}));
    EXPECT_EQ(seen.packets.error, "");
  }
}

TEST(OpenFile, CountsPacketsOfLinkTypesThatCannotBeDecodedAndNamesEachTypeOnce) {
  for (const bool undecodable_first : {false, true}) {
    PcapngBuilder builder;
    if (undecodable_first) {
      builder.Interface(kBluetooth).Interface(kUsb).Packet(0, 1, {1, 2, 3}).Interface(kEthernet);
    } else {
      builder.Interface(kEthernet).Interface(kUsb).Packet(1, 1, {1, 2, 3}).Interface(kBluetooth);
    }
    const uint32_t ethernet = undecodable_first ? 2 : 0;
    const uint32_t bluetooth = undecodable_first ? 0 : 2;
    builder.Packet(ethernet, 2, Ethernet(2))
        .Packet(1, 3, {1})
        .Packet(bluetooth, 4, {})
        .Packet(ethernet, 5, Ethernet(5));
    builder.Packet(bluetooth, 6, {1, 2}, 100).Section().Interface(kIeee802154).Packet(0, 7, {1});
    const Seen seen = Read(builder.bytes());
    EXPECT_EQ(seen.packets.ports(), std::vector<int>({0, 2, 0, 0, 5, 0, 0}));
    EXPECT_EQ(seen.packets.error, "");
    const auto& packets = seen.packets.batches[0];
    for (const size_t at : {0, 2, 3, 5, 6}) EXPECT_EQ(std::get<2>(packets[at]), DecodedPacket::Kind::kError) << at;
    EXPECT_EQ(std::get<0>(packets[5]), 6000);
    EXPECT_EQ(std::get<1>(packets[5]), 102);
    std::vector<int> named;
    for (const char* type : {"BLUETOOTH_HCI_H4_WITH_PHDR", "USB_LINUX_MMAPPED", "IEEE802_15_4"}) {
      named.push_back(0);
      for (const std::string& line : seen.log) named.back() += absl::EndsWith(line, std::string("link_type=") + type);
    }
    EXPECT_EQ(named, std::vector<int>({1, 1, 1}));
    EXPECT_EQ(seen.log.size(), 3);
  }
}

TEST(OpenFile, CountsUndecodablePacketsAsUnknownLinkType) {
  const MemoryFile file(PcapngBuilder().Interface(kUsb).Packet(0, 1, {1}).bytes());
  const auto source = OpenFile(file.path(), "");
  ASSERT_TRUE(source.ok());
  PacketBatch batch;
  EXPECT_FALSE((*source)->Read(&batch).ok());
  ASSERT_EQ(batch.packets().size(), 1);
  EXPECT_EQ(batch.packets()[0].error, DecodeError::kUnknownLinkType);
  EXPECT_EQ(batch.packets()[0].protocol, Protocol::kOther);
}

TEST(OpenFile, IfNoPacketCanBeDecodedThatIsAnError) {
  const std::string can = " cannot be decoded; Ethernet, Linux cooked";
  for (const auto& [type, name] :
       {std::pair(kBluetooth, "BLUETOOTH_HCI_H4_WITH_PHDR"), std::pair(kUsb, "USB_LINUX_MMAPPED"),
        std::pair<uint16_t, const char*>(65000, "65000")}) {
    const Seen seen = Read(PcapngBuilder().Interface(type).Interface(kEthernet).Packet(0, 1, {1}).bytes());
    EXPECT_TRUE(absl::StartsWith(seen.packets.error, std::string("FILE: packets of link type ") + name + can))
        << seen.packets.error;
  }
  EXPECT_EQ(Read(PcapngBuilder().Interface(kBluetooth).bytes()).packets.error, "") << "there is no packet";
}

TEST(OpenFile, ThatTheFilterLeavesOutAllThatCanBeDecodedIsNoError) {
  PcapngBuilder builder;
  builder.Interface(kEthernet).Interface(kUsb).Interface(kRaw);
  const Bytes usb_last = builder.Packet(0, 1, Ethernet(1)).Packet(2, 2, Raw(2)).Packet(1, 3, {1}).bytes();
  for (const char* filter : {"tcp src port 7", "udp", "ether host 1:2:3:4:5:6"}) {  // the last one does not suit kRaw
    const Seen seen = Read(usb_last, filter);
    EXPECT_EQ(seen.packets.ports(), std::vector<int>({0})) << filter << ": the filter does not concern USB";
    EXPECT_EQ(seen.packets.error, "") << filter;
  }
  const Bytes unsuited = PcapngBuilder()
                             .Interface(kEthernet)
                             .Interface(kUsb)
                             .Interface(kRaw)
                             .Packet(1, 1, {1})
                             .Packet(2, 2, Raw(2))
                             .bytes();
  EXPECT_EQ(Read(unsuited, "ether host 1:2:3:4:5:6").packets.error, "") << "the filter suits no packet";
  const Bytes usb_only = PcapngBuilder().Interface(kEthernet).Interface(kUsb).Packet(1, 1, {1}).bytes();
  EXPECT_NE(Read(usb_only, "tcp src port 7").packets.error, "");
}

TEST(OpenFile, TheLogNamesFewOfManyLinkTypes) {
  PcapngBuilder builder;
  builder.Interface(kEthernet).Packet(0, 1, Ethernet(1));
  for (uint16_t i = 0; i < 1000; ++i) builder.Interface(static_cast<uint16_t>(30000 + i)).Packet(i + 1u, 2, {});
  const Seen seen = Read(builder.bytes());
  EXPECT_EQ(seen.packets.ports().size(), 1001);
  EXPECT_EQ(seen.log.size(), 16);
}

TEST(OpenFile, LeavesOutInterfacesThatTheFilterDoesNotSuit) {
  const Bytes file = PcapngBuilder()
                         .Interface(kEthernet)
                         .Interface(kRaw)
                         .Packet(0, 1, Ethernet(1))
                         .Packet(1, 2, Raw(2))
                         .Packet(0, 3, Ethernet(3))
                         .Packet(1, 4, Raw(4))
                         .bytes();
  const Seen seen = Read(file, "ether[0] >= 0 and not ether host 1:2:3:4:5:6");
  EXPECT_EQ(seen.packets.ports(), std::vector<int>({1, 3}));
  EXPECT_EQ(seen.packets.error, "");
  ASSERT_EQ(seen.log.size(), 1);
  EXPECT_TRUE(absl::StrContains(seen.log[0], "link_type=RAW")) << seen.log[0];
}

TEST(OpenFile, ChecksTheFilterWhenItOpensTheFile) {
  for (const uint16_t first : {kEthernet, kRaw, kBluetooth}) {
    const MemoryFile file(PcapngBuilder().Interface(first).bytes());
    EXPECT_EQ(OpenFile(file.path(), "tcp prot 80").status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_TRUE(OpenFile(file.path(), "tcp port 80").ok());
  }
}

TEST(OpenFile, RefusesAFilterThatOnlyTheKernelCanAnswer) {
  for (const uint16_t type : {kNull, kEthernet, kPpp, kRaw, kSll, kRadiotap, kMpls, kNflog}) {
    const MemoryFile file(PcapngBuilder().Interface(type).bytes());
    for (const std::string filter : {"inbound", "outbound", "ifindex 3", "not inbound", "greater 100 and ifindex 3",
                                     "outbound or greater 100", "less 1000 and (ifindex 3 or ifindex 4)"}) {
      const bool is_answered = type == kSll && !absl::StrContains(filter, "ifindex");
      const absl::Status status = OpenFile(file.path(), filter).status();
      EXPECT_EQ(status.code(), is_answered ? absl::StatusCode::kOk : absl::StatusCode::kInvalidArgument)
          << type << " " << filter;
      if (is_answered) continue;
      EXPECT_TRUE(absl::StartsWith(status.message(), "filter '" + filter + "': only the kernel can answer '"))
          << status;
      EXPECT_TRUE(absl::StrContains(status.message(), "read a file of link type LINUX_SLL2")) << status;
    }
  }
}

TEST(OpenFile, AsksPacketsThatHoldTheirDirectionAndInterface) {
  PcapngBuilder builder;
  builder.Interface(kSll2);
  for (const auto& [port, interface, packet_type] : {std::tuple(1, 3, 0), std::tuple(2, 3, 4), std::tuple(3, 7, 0)}) {
    builder.Packet(0, 1,
                   Frame()
                       .LinuxSll2(static_cast<uint32_t>(interface), static_cast<uint8_t>(packet_type))
                       .Ipv4()
                       .Tcp(static_cast<uint16_t>(port), 80)
                       .Bytes());
  }
  EXPECT_EQ(Read(builder.bytes(), "inbound").packets.ports(), std::vector<int>({1, 3}));
  EXPECT_EQ(Read(builder.bytes(), "tcp and not inbound").packets.ports(), std::vector<int>({2}));
  EXPECT_EQ(Read(builder.bytes(), "ifindex 3").packets.ports(), std::vector<int>({1, 2}));
  EXPECT_EQ(Read(builder.bytes(), "ifindex 7 or outbound").packets.ports(), std::vector<int>({2, 3}));
}

TEST(OpenFile, LeavesOutInterfacesWhosePacketsDoNotHoldWhatTheFilterAsks) {
  const Bytes file = PcapngBuilder()
                         .Interface(kSll)
                         .Interface(kEthernet)
                         .Packet(0, 1, Cooked(1))
                         .Packet(1, 2, Ethernet(2))
                         .Packet(0, 3, Cooked(3))
                         .bytes();
  const Seen seen = Read(file, "inbound");
  EXPECT_EQ(seen.packets.ports(), std::vector<int>({1, 3}));
  EXPECT_EQ(seen.packets.error, "");
  ASSERT_EQ(seen.log.size(), 1);
  EXPECT_TRUE(absl::StrContains(seen.log[0], "link_type=EN10MB")) << seen.log[0];
  EXPECT_TRUE(absl::StrContains(seen.log[0], "'inbound'")) << seen.log[0];
}

TEST(OpenFile, WarnsOnceOfPacketsBeyondTheSnapshotLength) {
  for (const uint32_t snaplen : {1u, 40u, 53u}) {
    const Seen seen = Read(PcapngBuilder()
                               .Interface(kEthernet, Options(snaplen))
                               .Packet(0, 1, Ethernet(1))
                               .Packet(0, 2, Ethernet(2))
                               .ObsoletePacket(0, 3, Ethernet(3))
                               .SimplePacket(54, Ethernet(4))
                               .bytes());
    EXPECT_EQ(seen.packets.ports(), std::vector<int>({1, 2, 3, 4}));
    ASSERT_EQ(seen.log.size(), 1);
    EXPECT_TRUE(absl::StrContains(seen.log[0], "longer than the snapshot length")) << seen.log[0];
  }
}

TEST(OpenFile, TellsTheNamesOfInterfaces) {
  const Bytes contents = PcapngBuilder()
                             .Interface(kEthernet, Options(0, "eth0"))
                             .Interface(kSll, Options(0, "any"))
                             .Interface(kEthernet)
                             .Packet(0, 1, Ethernet(1))
                             .Packet(1, 2, Cooked(2))
                             .Packet(2, 3, Ethernet(3))
                             .Packet(0, 4, Ethernet(4))
                             .bytes();
  const MemoryFile file(contents);
  EXPECT_TRUE((*OpenFile(file.path(), ""))->has_many_interfaces());
  EXPECT_EQ(ReadFile(file.path()).interfaces, std::vector<std::string>({"eth0", "any", file.path(), "eth0"}));
}

TEST(OpenFile, RefusesCompressedFilesWithTheCommandThatUnpacksThem) {
  const struct {
    Bytes contents;
    std::string error;
  } kCases[] = {
      {{0x1f, 0x8b, 8, 0}, "'FILE' is compressed with gzip; use: zcat FILE | tcpgauge -T -"},
      {{0x28, 0xb5, 0x2f, 0xfd}, "'FILE' is compressed with zstd; use: zstdcat FILE | tcpgauge -T -"},
      {{'B', 'Z', 'h', '9'}, "'FILE' is compressed with bzip2; use: bzcat FILE | tcpgauge -T -"},
      {{4, 0x22, 0x4d, 0x18}, "'FILE' is compressed with lz4; use: lz4cat FILE | tcpgauge -T -"},
  };
  for (const auto& each : kCases) EXPECT_EQ(ReadFile(MemoryFile(each.contents).path()).error, each.error);
}

TEST(OpenFile, SaysWhyAFileIsNoCapture) {
  EXPECT_EQ(ReadFile("/").error, "'FILE' is not a pcap or pcapng file: error reading dump file: Is a directory");
  EXPECT_EQ(ReadFile(MemoryFile(Bytes{1, 2, 3, 4}).path()).error,
            "'FILE' is not a pcap or pcapng file: unknown file format");
  EXPECT_EQ(ReadFile("/nonexistent/a.pcap").error, "cannot open 'FILE': No such file or directory");
}

TEST(OpenFile, OnlyAFileOfAnotherKindIsAWrongArgument) {
  const auto code_of = [](const std::string& path) { return OpenFile(path, "").status().code(); };
  const Bytes no_interface = {0x0a, 0x0d, 0x0d, 0x0a, 28,   0,    0,    0,    0x4d, 0x3c, 0x2b, 0x1a, 1, 0,
                              0,    0,    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 28,   0,    0, 0};
  const Bytes version_9 = {0xd4, 0xc3, 0xb2, 0xa1, 9, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0, 1, 0, 0, 0};
  Bytes usb = version_9;
  usb[4] = 2;
  usb[20] = 220;
  EXPECT_EQ(code_of("/nonexistent/a.pcap"), absl::StatusCode::kNotFound);
  EXPECT_EQ(code_of("/"), absl::StatusCode::kDataLoss);
  for (const Bytes& damaged : {Bytes(), Bytes{0xd4, 0xc3}, Bytes{0xd4, 0xc3, 0xb2, 0xa1, 2, 0}, no_interface,
                               Bytes{0x0a, 0x0d, 0x0d, 0x0a, 28}, version_9, usb}) {
    EXPECT_EQ(code_of(MemoryFile(damaged).path()), absl::StatusCode::kDataLoss) << damaged.size();
  }
  const std::string text = "not a capture";
  for (const Bytes& other : {Bytes{1, 2, 3, 4}, Bytes(text.begin(), text.end()), Bytes{0x1f, 0x8b, 8, 0}}) {
    EXPECT_EQ(code_of(MemoryFile(other).path()), absl::StatusCode::kInvalidArgument) << other.size();
  }
}

}  // namespace
}  // namespace tcpgauge
