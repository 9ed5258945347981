// SPDX-License-Identifier: Apache-2.0
#include "src/capture/pcapng_reader.h"

#include <stdio.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "src/capture/file_source.h"
#include "tests/support/frame.h"

namespace tcpgauge {
namespace {

constexpr uint16_t kEthernet = 1, kRaw = 101, kSll = 113;

// Builds a pcapng file, block by block, in either byte order.
class Builder {
 public:
  explicit Builder(bool swapped = false) : swapped_(swapped) { Section(); }

  Builder& Section() { return Block(0x0a0d0d0a, Body().U32(0x1a2b3c4d).U16(1).U16(0).U32(0xffffffff).U32(0xffffffff)); }
  Builder& Interface(uint16_t link_type) { return Block(1, Body().U16(link_type).U16(0).U32(0)); }
  Builder& Interface(uint16_t link_type, uint8_t resolution, int64_t offset) {
    Body body = Body().U16(link_type).U16(0).U32(0);
    body.U16(9).U16(1).Raw({resolution, 0, 0, 0});
    const auto words = static_cast<uint64_t>(offset);
    body.U16(14).U16(8);
    if (swapped_) {
      body.U32(static_cast<uint32_t>(words >> 32)).U32(static_cast<uint32_t>(words));
    } else {
      body.U32(static_cast<uint32_t>(words)).U32(static_cast<uint32_t>(words >> 32));
    }
    return Block(1, body.U16(0).U16(0));
  }
  Builder& Packet(uint32_t interface, uint64_t time, const std::vector<uint8_t>& bytes) {
    return Block(6, Body()
                        .U32(interface)
                        .U32(static_cast<uint32_t>(time >> 32))
                        .U32(static_cast<uint32_t>(time))
                        .U32(static_cast<uint32_t>(bytes.size()))
                        .U32(static_cast<uint32_t>(bytes.size() + 5))
                        .Raw(bytes));
  }
  Builder& SimplePacket(uint32_t wire_bytes, const std::vector<uint8_t>& bytes) {
    return Block(3, Body().U32(wire_bytes).Raw(bytes));
  }
  Builder& Statistics() { return Block(5, Body().U32(0).U32(0).U32(0)); }

  std::vector<uint8_t>& bytes() { return bytes_; }

 private:
  struct Body {
    std::vector<std::pair<size_t, uint32_t>> numbers;  // size in bytes (0 = raw), value
    std::vector<std::vector<uint8_t>> raw;
    Body& U16(uint16_t value) { return Add(2, value); }
    Body& U32(uint32_t value) { return Add(4, value); }
    Body& Raw(std::vector<uint8_t> bytes) {
      numbers.emplace_back(0, static_cast<uint32_t>(raw.size()));
      raw.push_back(std::move(bytes));
      return *this;
    }
    Body& Add(size_t size, uint32_t value) {
      numbers.emplace_back(size, value);
      return *this;
    }
  };

  Builder& Block(uint32_t type, const Body& body) {
    std::vector<uint8_t> out;
    for (const auto& [size, value] : body.numbers) {
      if (size == 0) {
        out.insert(out.end(), body.raw[value].begin(), body.raw[value].end());
      } else {
        Put(&out, value, size);
      }
    }
    out.resize((out.size() + 3) / 4 * 4);
    Put(&bytes_, type, 4);
    Put(&bytes_, static_cast<uint32_t>(out.size() + 12), 4);
    bytes_.insert(bytes_.end(), out.begin(), out.end());
    Put(&bytes_, static_cast<uint32_t>(out.size() + 12), 4);
    return *this;
  }
  void Put(std::vector<uint8_t>* out, uint32_t value, size_t size) const {
    for (size_t i = 0; i < size; ++i) {
      out->push_back(static_cast<uint8_t>(value >> 8 * (swapped_ ? size - 1 - i : i)));
    }
  }

  const bool swapped_;
  std::vector<uint8_t> bytes_;
};

// Opens a file in memory, at its beginning.
class MemoryFile {
 public:
  explicit MemoryFile(const std::vector<uint8_t>& bytes) : file_(tmpfile()) {
    if (!bytes.empty()) fwrite(bytes.data(), 1, bytes.size(), file_);
    rewind(file_);
  }
  ~MemoryFile() { fclose(file_); }
  FILE* get() const { return file_; }

 private:
  FILE* const file_;
};

TEST(PcapngReader, TellsTheLinkTypeAndTimeOfEachPacketInBothByteOrders) {
  for (const bool swapped : {false, true}) {
    const MemoryFile file(Builder(swapped)
                              .Interface(kEthernet)
                              .Interface(kRaw, 9, 100)  // nanoseconds, with a time offset of 100 s
                              .Statistics()
                              .Packet(1, 5, {1, 2, 3})
                              .Packet(0, 7000000, {4})
                              .bytes());
    PcapngReader reader(file.get());
    auto first = reader.Next();
    ASSERT_TRUE(first.ok() && first->has_value()) << first.status();
    EXPECT_EQ((*first)->link_type, kRaw);
    EXPECT_EQ((*first)->time_ns, 100 * 1000000000LL + 5);
    EXPECT_EQ((*first)->wire_length_bytes, 8);
    EXPECT_EQ(std::vector<uint8_t>((*first)->captured.begin(), (*first)->captured.end()),
              std::vector<uint8_t>({1, 2, 3}));
    auto second = reader.Next();
    ASSERT_TRUE(second.ok() && second->has_value());
    EXPECT_EQ((*second)->link_type, kEthernet);
    EXPECT_EQ((*second)->time_ns, 7 * 1000000000LL);
    auto end = reader.Next();
    ASSERT_TRUE(end.ok());
    EXPECT_FALSE(end->has_value());
  }
}

TEST(PcapngReader, ASectionBeginsWithoutInterfaces) {
  const MemoryFile file(Builder().Interface(kEthernet).Section().Packet(0, 1, {1}).bytes());
  PcapngReader reader(file.get());
  EXPECT_EQ(reader.Next().status().message(),
            "pcapng block at byte 76: a packet of interface 0, which was not described");
}

TEST(PcapngReader, ReadsSimplePackets) {
  const MemoryFile file(Builder().Interface(kSll).SimplePacket(3, {1, 2, 3}).bytes());
  PcapngReader reader(file.get());
  const auto packet = reader.Next();
  ASSERT_TRUE(packet.ok() && packet->has_value());
  EXPECT_EQ((*packet)->captured.size(), 3);
  EXPECT_EQ((*packet)->link_type, kSll);
}

TEST(PcapngReader, EveryCutAndEveryFlippedByteEndsInPacketsOrAnError) {
  const std::vector<uint8_t> whole =
      Builder().Interface(kEthernet).Interface(kRaw, 6, 0).Packet(1, 5, {1, 2, 3}).SimplePacket(2, {1, 2}).bytes();
  for (size_t at = 0; at < whole.size(); ++at) {
    std::vector<uint8_t> flipped = whole;
    flipped[at] ^= 0xff;
    for (const std::vector<uint8_t>& bytes :
         {std::vector<uint8_t>(whole.begin(), whole.begin() + static_cast<ptrdiff_t>(at)), flipped}) {
      const MemoryFile file(bytes);
      PcapngReader reader(file.get());
      int packets = 0;
      for (auto packet = reader.Next(); packet.ok() && packet->has_value(); packet = reader.Next()) ++packets;
      EXPECT_LE(packets, 2);
    }
  }
}

std::string WriteFile(const std::string& name, const std::vector<uint8_t>& bytes) {
  const std::string path = testing::TempDir() + "/" + name;
  FILE* file = fopen(path.c_str(), "wb");
  fwrite(bytes.data(), 1, bytes.size(), file);
  fclose(file);
  return path;
}

// Returns the source ports of the segments in the file, in order.
std::vector<int> PortsIn(const std::string& path, const std::string& filter) {
  std::vector<int> ports;
  const auto source = OpenFile(path, filter);
  EXPECT_TRUE(source.ok()) << source.status();
  PacketBatch batch;
  while (true) {
    batch.clear();
    const auto result = (*source)->Read(&batch);
    EXPECT_TRUE(result.ok()) << result.status();
    for (const DecodedPacket& packet : batch.packets()) ports.push_back(packet.source.port);
    if (!result.ok() || *result == PacketSource::ReadResult::kEnd) return ports;
  }
}

TEST(OpenFile, ReadsInterfacesOfDifferentLinkTypesInTheOrderOfTheFile) {
  const auto tcp = [](uint16_t port) { return Frame().Ipv4().Tcp(port, 80).Bytes(); };
  const auto ethernet = [](uint16_t port) { return Frame().Ethernet().Ipv4().Tcp(port, 80).Bytes(); };
  const auto cooked = [](uint16_t port) { return Frame().LinuxSll().Ipv4().Tcp(port, 80).Bytes(); };
  Builder builder;
  builder.Interface(kEthernet).Packet(0, 1, ethernet(1)).Packet(0, 2, ethernet(2));
  builder.Interface(kRaw).Interface(kSll);
  for (uint16_t i = 0; i < 100; ++i) {
    builder.Packet(1, 3, tcp(static_cast<uint16_t>(3 + 3 * i)));
    builder.Packet(2, 4, cooked(static_cast<uint16_t>(4 + 3 * i)));
    builder.Packet(0, 5, ethernet(static_cast<uint16_t>(5 + 3 * i)));
  }
  const std::string path = WriteFile("mixed.pcapng", builder.bytes());
  std::vector<int> all;
  for (int port = 1; port <= 302; ++port) all.push_back(port);
  EXPECT_EQ(PortsIn(path, ""), all);
  EXPECT_EQ(PortsIn(path, "tcp src port 2 or tcp src port 3 or tcp src port 4 or tcp src port 302"),
            std::vector<int>({2, 3, 4, 302}));
}

}  // namespace
}  // namespace tcpgauge
