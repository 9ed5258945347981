// SPDX-License-Identifier: Apache-2.0
#include "src/capture/classic_pcap.h"

#include <initializer_list>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "src/capture/file_source.h"
#include "tests/support/file_packets.h"
#include "tests/support/frame.h"
#include "tests/support/memory_file.h"

namespace tcpgauge {
namespace {

using Bytes = std::vector<uint8_t>;

constexpr uint32_t kMicroseconds = 0xa1b2c3d4;
constexpr uint32_t kNanoseconds = 0xa1b23c4d;
constexpr uint32_t kModified = 0xa1b2cd34;
constexpr size_t kMost = PacketFile::kMaxCapturedBytes;

// Builds a classic pcap file, with Ethernet packets unless `link_type` says otherwise.
struct File {
  uint32_t magic = kMicroseconds;
  uint32_t snaplen = 65535;
  uint16_t major_version = 2;
  uint16_t minor_version = 4;
  uint32_t link_type = 1;
  bool swapped = false;
  Bytes bytes = {};

  // Completes a file with the header. Call it before AddPacket().
  File& Begin() {
    Put({magic}, 4);
    Put({major_version, minor_version}, 2);
    Put({0, 0, snaplen, link_type}, 4);
    return *this;
  }
  File& AddPacket(uint32_t seconds, uint32_t fraction, const Bytes& captured, uint32_t uncaptured = 3) {
    const auto size = static_cast<uint32_t>(captured.size());
    Put({seconds, fraction}, 4);
    const bool wire_first = major_version == 543 || minor_version < 3;
    wire_first ? Put({size + uncaptured, size}, 4) : Put({size, size + uncaptured}, 4);
    if (magic == kModified) bytes.resize(bytes.size() + 8);
    bytes.insert(bytes.end(), captured.begin(), captured.end());
    return *this;
  }
  void Put(std::initializer_list<uint32_t> numbers, size_t size) {
    for (const uint32_t number : numbers) {
      for (size_t i = 0; i < size; ++i) {
        bytes.push_back(static_cast<uint8_t>(number >> 8 * (swapped ? size - 1 - i : i)));
      }
    }
  }
};

Bytes Segment(uint16_t port, size_t payload_bytes = 0) {
  return Frame().Ethernet().Ipv4().Tcp(port, 80).Payload(payload_bytes).Bytes();
}

absl::StatusOr<std::unique_ptr<ClassicPcap>> Open(const MemoryFile& file) {
  return ClassicPcap::Open(std::make_unique<FileBytes>(file.fd(), false));
}

TEST(ClassicPcap, TellsTimeLengthsAndBytesOfEachPacketInBothByteOrders) {
  for (const bool swapped : {false, true}) {
    for (const auto& [magic, fraction] :
         {std::pair(kMicroseconds, 123456u), std::pair(kNanoseconds, 123456000u), std::pair(kModified, 123456u)}) {
      File contents = {magic};
      contents.swapped = swapped;
      contents.Begin().AddPacket(1700000000, fraction, {1, 2, 3}).AddPacket(4200000000, 0, {});
      const MemoryFile file(contents.bytes);
      const auto reader = Open(file);
      ASSERT_TRUE(reader.ok()) << reader.status();
      EXPECT_EQ((*reader)->first_link_type(), 1);
      PacketFile::Packet packet;
      ASSERT_TRUE((*reader)->Next(&packet));
      EXPECT_EQ(packet.link_type, 1);
      EXPECT_EQ(packet.time_ns, 1700000000123456000);
      EXPECT_EQ(packet.wire_length_bytes, 6);
      EXPECT_EQ(Bytes(packet.captured.begin(), packet.captured.end()), Bytes({1, 2, 3}));
      ASSERT_TRUE((*reader)->Next(&packet));
      EXPECT_EQ(packet.time_ns, 4200000000000000000) << "seconds have no sign";
      EXPECT_TRUE(packet.captured.empty());
      EXPECT_FALSE((*reader)->Next(&packet));
      EXPECT_TRUE((*reader)->status().ok());
    }
  }
}

TEST(ClassicPcap, RefusesOtherVersions) {
  for (const auto& [major, minor] : {std::pair(3, 4), std::pair(2, 5), std::pair(543, 1), std::pair(1, 4)}) {
    File contents;
    contents.major_version = static_cast<uint16_t>(major);
    contents.minor_version = static_cast<uint16_t>(minor);
    const MemoryFile file(contents.Begin().bytes);
    EXPECT_EQ(Open(file).status().message(),
              "unsupported pcap savefile version " + std::to_string(major) + "." + std::to_string(minor));
  }
}

TEST(ClassicPcap, IgnoresWhatStandsAboveTheLinkType) {
  File contents;
  contents.link_type = 0xf0000001;
  const MemoryFile file(contents.Begin().bytes);
  EXPECT_EQ((*Open(file))->first_link_type(), 1);
}

TEST(ClassicPcap, StopsAtAPacketThatIsTooLong) {
  const MemoryFile file(File{kMicroseconds, kMost}
                            .Begin()
                            .AddPacket(1, 0, Segment(1))
                            .AddPacket(2, 0, Bytes(kMost))
                            .AddPacket(3, 0, Bytes(kMost + 1))
                            .AddPacket(4, 0, Segment(4))
                            .bytes);
  const auto reader = Open(file);
  PacketFile::Packet packet;
  EXPECT_TRUE((*reader)->Next(&packet));
  EXPECT_TRUE((*reader)->Next(&packet));
  EXPECT_EQ(packet.captured.size(), kMost);
  EXPECT_FALSE((*reader)->Next(&packet));
  const FilePackets ours = ReadFile(file.path());
  EXPECT_NE(ours.error.find("invalid packet capture length 262145"), std::string::npos) << ours.error;
  EXPECT_TRUE(ours.SameAs(ReadFileByLibrary(file.path())));
}

// The lengths that a file states as its snapshot length, and by which packets of a few hundred bytes exceed it.
TEST(ClassicPcap, ReadsPacketsBeyondTheSnapshotLengthWhole) {
  struct Case {
    uint32_t magic;
    bool swapped;
    uint32_t snaplen;
    size_t payload_bytes;
    bool exceeds;
  };
  for (const Case& each : {
           Case{kMicroseconds, false, 40, 500, true}, Case{kNanoseconds, false, 68, 500, true},
           Case{kModified, false, 1, 500, true}, Case{kMicroseconds, true, 40, 500, true},
           Case{kNanoseconds, true, 553, 500, true},
           Case{kModified, true, 539, 500, true},    // Ethernet headers do not count here
           Case{kModified, false, 540, 500, false},  // the same
           Case{kNanoseconds, false, 554, 500, false}, Case{kMicroseconds, false, 0, 500, false},  // no limit
           Case{kMicroseconds, false, UINT32_MAX, 500, false},                                     // no limit
       }) {
    File contents = {each.magic, each.snaplen};
    contents.swapped = each.swapped;
    const Bytes segment = Segment(1, each.payload_bytes);
    const MemoryFile file(contents.Begin().AddPacket(1, 0, segment, 0).bytes);
    const auto reader = Open(file);
    PacketFile::Packet packet;
    ASSERT_TRUE((*reader)->Next(&packet));
    EXPECT_EQ(Bytes(packet.captured.begin(), packet.captured.end()), segment);
    EXPECT_EQ(packet.exceeds_snaplen, each.exceeds) << each.snaplen;
    EXPECT_EQ(ReadFile(file.path()).ports(), std::vector<int>({1}));
    EXPECT_EQ(ReadFile(file.path(), "tcp src port 1").ports(), std::vector<int>({1}));
  }
}

TEST(ClassicPcap, ReadsAsTheLibraryDoes) {
  for (const bool swapped : {false, true}) {
    for (const uint32_t magic : {kMicroseconds, kNanoseconds, kModified}) {
      File contents = {magic, 70000};
      contents.swapped = swapped;
      contents.Begin();
      for (uint16_t i = 0; i < 400; ++i) contents.AddPacket(1700000000 + i, i, Segment(i, i * 3));
      contents.AddPacket(1700001000, 1, Segment(1000, 69000));
      contents.AddPacket(1700001000, 2000000, Segment(1002));  // a fraction of more than a second
      for (uint16_t i = 0; i < 200; ++i) contents.AddPacket(1700001001 + i, i, Segment(i, 1400));
      ASSERT_GT(contents.bytes.size(), 3 * FileBytes::kReadBytes);
      const MemoryFile file(contents.bytes);
      for (const std::string filter : {"", "tcp src port 399 or tcp src port 7 or greater 69000", "udp"}) {
        const FilePackets ours = ReadFile(file.path(), filter);
        EXPECT_EQ(ours.error, "");
        EXPECT_EQ(ours.batches.empty(), filter == "udp");
        EXPECT_TRUE(ours.SameAs(ReadFileByLibrary(file.path(), filter))) << filter;
      }
    }
  }
}

TEST(ClassicPcap, ReadsOldVersionsAsTheLibraryDoes) {
  for (const auto& [major, minor] : {std::pair(2, 0), std::pair(2, 2), std::pair(2, 3), std::pair(543, 0)}) {
    File contents;
    contents.major_version = static_cast<uint16_t>(major);
    contents.minor_version = static_cast<uint16_t>(minor);
    contents.Begin().AddPacket(1700000000, 1, Segment(1)).AddPacket(1700000000, 2, Segment(2, 100));
    // Version 2.3 with the lengths in the order of version 2.2, as some tools wrote it.
    if (minor == 3) contents.Put({1700000000, 3, 60, 54}, 4);
    if (minor == 3) contents.bytes.resize(contents.bytes.size() + 54);
    const MemoryFile file(contents.bytes);
    const FilePackets ours = ReadFile(file.path());
    EXPECT_EQ(ours.ports().size(), minor == 3 ? 3 : 2);
    EXPECT_TRUE(ours.SameAs(ReadFileByLibrary(file.path()))) << major << "." << minor << " " << ours.error;
  }
}

// Read() returns now and then even if the filter passes few packets, so that its caller can stop. But it delivers as
// full batches as libpcap would, so that a packet with an impossible time has neighbours in its batch.
TEST(ClassicPcap, AFilterThatLeavesMostOutChangesNoTimes) {
  File contents;
  contents.Begin();
  for (uint32_t i = 0; i < 5; ++i) {
    contents.AddPacket(i == 2 ? 2000000000 : 1700000000 + i, 0, Segment(443));
    for (int other = 0; other < 9000; ++other) contents.AddPacket(1700000000 + i, 1, Segment(80));
  }
  const MemoryFile file(contents.bytes);
  const FilePackets ours = ReadFile(file.path(), "tcp src port 443");
  ASSERT_EQ(ours.batches.size(), 1);
  EXPECT_EQ(std::get<0>(ours.batches[0][2]), 1700000001000000000) << "that of the packet before";
  EXPECT_TRUE(ours.SameAs(ReadFileByLibrary(file.path(), "tcp src port 443")));

  const auto source = OpenFile(file.path(), "udp");
  PacketBatch batch;
  const auto result = (*source)->Read(&batch);
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(*result, PacketSource::ReadResult::kPackets) << "not yet at the end";
  EXPECT_TRUE(batch.packets().empty());
}

TEST(ClassicPcap, EveryCutAndEveryChangedByteEndsAsWithTheLibrary) {
  const Bytes whole = File()
                          .Begin()
                          .AddPacket(1700000000, 1, Segment(1))
                          .AddPacket(1700000000, 2, Segment(2))
                          .AddPacket(1700000000, 3, Segment(3))
                          .bytes;
  for (size_t at = 0; at < whole.size(); ++at) {
    Bytes changed = whole;
    changed[at] ^= 0x7f;  // keeps the highest bit, which libpcap takes for the sign of a time
    for (const Bytes& bytes : {Bytes(whole.begin(), whole.begin() + static_cast<ptrdiff_t>(at)), changed}) {
      const MemoryFile file(bytes);
      const FilePackets ours = ReadFile(file.path());
      FilePackets library = ReadFileByLibrary(file.path());
      // libpcap does not count the magic number among the bytes that it got.
      if (bytes.size() >= 4 && bytes.size() < 24) {
        library.error =
            "'FILE' is not a pcap or pcapng file: truncated dump file; tried to read 24 file header bytes, "
            "only got " +
            std::to_string(at);
      }
      EXPECT_TRUE(ours.SameAs(library)) << "byte " << at << ": '" << ours.error << "' instead of '" << library.error
                                        << "'";
    }
  }
}

}  // namespace
}  // namespace tcpgauge
