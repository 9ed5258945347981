// SPDX-License-Identifier: Apache-2.0
#include "src/capture/plain_pcap.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include <initializer_list>
#include <memory>
#include <string>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "src/capture/file_source.h"
#include "tests/support/frame.h"

namespace tcpgauge {
namespace {

using Bytes = std::vector<uint8_t>;

constexpr uint32_t kMicroseconds = 0xa1b2c3d4;
constexpr uint32_t kNanoseconds = 0xa1b23c4d;

void Put(Bytes* bytes, std::initializer_list<uint32_t> words) {
  const auto* data = reinterpret_cast<const uint8_t*>(words.begin());
  bytes->insert(bytes->end(), data, data + words.size() * sizeof(uint32_t));
}

Bytes FileHeader(uint32_t magic = kMicroseconds, uint32_t snaplen = 65535, uint32_t version = 4 << 16 | 2) {
  Bytes bytes;
  Put(&bytes, {magic, version, 0, 0, snaplen, 1});
  return bytes;
}

void AddPacket(Bytes* bytes, uint32_t seconds, uint32_t fraction, const Bytes& captured) {
  const auto size = static_cast<uint32_t>(captured.size());
  Put(bytes, {seconds, fraction, size, size + 3});
  bytes->insert(bytes->end(), captured.begin(), captured.end());
}

Bytes Segment(uint16_t port, size_t payload_bytes = 0) {
  return Frame().Ethernet().Ipv4().Tcp(port, 80).Payload(payload_bytes).Bytes();
}

class PlainPcapTest : public testing::Test {
 protected:
  ~PlainPcapTest() override { unlink(path_.c_str()); }

  void Write(const Bytes& bytes, const char* mode = "wb") const {
    FILE* file = fopen(path_.c_str(), mode);
    if (!bytes.empty()) fwrite(bytes.data(), 1, bytes.size(), file);
    ASSERT_FALSE(ferror(file));
    fclose(file);
  }

  // Opens the file and positions it after the file header, as libpcap does.
  struct Closer {
    void operator()(FILE* file) const { fclose(file); }
  };
  std::unique_ptr<FILE, Closer> OpenBehindHeader() const {
    std::unique_ptr<FILE, Closer> file(fopen(path_.c_str(), "rb"));
    fseek(file.get(), 24, SEEK_SET);
    return file;
  }

  // All decoded packets of a file, batch by batch, and the error at its end. Read() returns it.
  using Seen = std::tuple<int64_t, uint32_t, DecodedPacket::Kind, uint16_t>;
  struct Outcome {
    std::vector<std::vector<Seen>> batches;
    std::string end;

    friend bool operator==(const Outcome& a, const Outcome& b) { return a.batches == b.batches && a.end == b.end; }
  };
  static Outcome Read(const std::string& path, const std::string& filter) {
    Outcome outcome;
    const auto source = OpenFile(path, filter);
    if (!source.ok()) {
      outcome.end = std::string(source.status().message());
    } else {
      PacketBatch batch;
      while (true) {
        batch.clear();
        const auto result = (*source)->Read(&batch);
        std::vector<Seen> seen;
        for (const DecodedPacket& packet : batch.packets()) {
          const bool tcp = packet.kind == DecodedPacket::Kind::kTcpSegment;
          seen.emplace_back(packet.time_ns, packet.wire_length_bytes, packet.kind, tcp ? packet.source.port : 0);
        }
        if (!seen.empty()) outcome.batches.push_back(seen);
        if (!result.ok()) outcome.end = std::string(result.status().message());
        if (!result.ok() || *result == PacketSource::ReadResult::kEnd) break;
      }
    }
    const size_t named = outcome.end.find(path);
    if (named != std::string::npos) outcome.end.replace(named, path.size(), "FILE");
    return outcome;
  }

  // Reads the same bytes from a pipe, which only libpcap can read.
  static Outcome ReadByTheLibrary(const Bytes& bytes, const std::string& filter) {
    int ends[2];
    EXPECT_EQ(pipe2(ends, O_CLOEXEC), 0);
    std::thread writer([&] {
      for (size_t at = 0; at < bytes.size();) {
        const ssize_t count = write(ends[1], bytes.data() + at, bytes.size() - at);
        if (count <= 0) break;
        at += static_cast<size_t>(count);
      }
      close(ends[1]);
    });
    const Outcome outcome = Read("/proc/self/fd/" + std::to_string(ends[0]), filter);
    Bytes rest(1 << 16);
    while (read(ends[0], rest.data(), rest.size()) > 0) {  // read what an error left, so that the writer does not wait
    }
    writer.join();
    close(ends[0]);
    return outcome;
  }

  const std::string path_ = testing::TempDir() + "/plain_pcap_test." + std::to_string(getpid()) + ".pcap";
};

TEST_F(PlainPcapTest, TellsTimeLengthsAndBytesOfEachPacket) {
  for (const auto& [magic, fraction] : {std::pair(kMicroseconds, 123456u), std::pair(kNanoseconds, 123456000u)}) {
    Bytes bytes = FileHeader(magic);
    AddPacket(&bytes, 1700000000, fraction, {1, 2, 3});
    AddPacket(&bytes, 4200000000, 0, {});
    Write(bytes);
    const auto file = OpenBehindHeader();
    const auto plain = PlainPcap::Open(file.get(), 65535);
    ASSERT_NE(plain, nullptr);
    EXPECT_EQ(plain->offset(), 24);
    PlainPcap::Packet packet;
    ASSERT_TRUE(plain->Next(&packet));
    EXPECT_EQ(packet.time_ns, 1700000000123456000);
    EXPECT_EQ(packet.wire_length_bytes, 6);
    EXPECT_EQ(Bytes(packet.captured.begin(), packet.captured.end()), Bytes({1, 2, 3}));
    ASSERT_TRUE(plain->Next(&packet));
    EXPECT_EQ(packet.time_ns, 4200000000000000000) << "seconds have no sign";
    EXPECT_TRUE(packet.captured.empty());
    EXPECT_FALSE(plain->Next(&packet));
    EXPECT_EQ(plain->offset(), bytes.size());
    EXPECT_EQ(ftello(file.get()), 24);
  }
}

TEST_F(PlainPcapTest, LeavesWhatIsNotOrdinaryToTheLibrary) {
  for (const Bytes& header : {FileHeader(0xd4c3b2a1), FileHeader(0xa1b2cd34), FileHeader(0x0a0d0d0a),
                              FileHeader(kMicroseconds, 65535, 3 << 16 | 2), Bytes({1, 2, 3})}) {
    Write(header);
    EXPECT_EQ(PlainPcap::Open(OpenBehindHeader().get(), 65535), nullptr);
  }
  Write(FileHeader());
  const auto file = OpenBehindHeader();
  EXPECT_NE(PlainPcap::Open(file.get(), 65535), nullptr);
  fseek(file.get(), 20, SEEK_SET);
  EXPECT_EQ(PlainPcap::Open(file.get(), 65535), nullptr) << "not read up to the packets";
}

TEST_F(PlainPcapTest, StopsWhereAPacketIsCutAndGoesOnWhenTheFileHasGrown) {
  Bytes bytes = FileHeader();
  AddPacket(&bytes, 1, 0, Bytes(100));
  AddPacket(&bytes, 2, 0, Bytes(100));
  Write(Bytes(bytes.begin(), bytes.end() - 1));
  const auto file = OpenBehindHeader();
  const auto plain = PlainPcap::Open(file.get(), 99);
  PlainPcap::Packet packet;
  EXPECT_TRUE(plain->Next(&packet));
  EXPECT_EQ(packet.captured.size(), 99) << "the snapshot length";
  EXPECT_FALSE(plain->Next(&packet));
  EXPECT_EQ(plain->offset(), 24 + 116);
  Write({bytes.back()}, "ab");
  EXPECT_TRUE(plain->Next(&packet));
}

TEST_F(PlainPcapTest, StopsAtAPacketThatTheLibraryRefuses) {
  constexpr size_t kMost = PlainPcap::kMaxCapturedBytes;
  Bytes bytes = FileHeader(kMicroseconds, kMost);
  AddPacket(&bytes, 1, 0, Segment(1));
  AddPacket(&bytes, 2, 0, Bytes(kMost));
  AddPacket(&bytes, 3, 0, Bytes(kMost + 1));
  AddPacket(&bytes, 4, 0, Segment(4));
  Write(bytes);
  const auto file = OpenBehindHeader();
  const auto plain = PlainPcap::Open(file.get(), kMost);
  PlainPcap::Packet packet;
  EXPECT_TRUE(plain->Next(&packet));
  EXPECT_TRUE(plain->Next(&packet));
  EXPECT_FALSE(plain->Next(&packet));
  const Outcome ours = Read(path_, "");
  EXPECT_NE(ours.end.find("invalid packet capture length 262145"), std::string::npos) << ours.end;
  EXPECT_TRUE(ours == ReadByTheLibrary(bytes, ""));
}

TEST_F(PlainPcapTest, ReadsAsTheLibraryDoes) {
  Bytes bytes = FileHeader(kMicroseconds, 70000);
  for (uint16_t i = 0; i < 400; ++i) AddPacket(&bytes, 1700000000 + i, i, Segment(i, i * 3));
  AddPacket(&bytes, 1700001000, 1, Segment(1000, 69000));
  AddPacket(&bytes, 1700001000, 2, Segment(1001, 70001));  // longer than the file's snapshot length
  AddPacket(&bytes, 1700001000, 2000000, Segment(1002));   // a fraction of more than a second
  for (uint16_t i = 0; i < 200; ++i) AddPacket(&bytes, 1700001001 + i, i, Segment(i, 1400));
  ASSERT_GT(bytes.size(), 3 * PlainPcap::kReadBytes);
  Write(bytes);
  for (const std::string filter : {"", "tcp src port 399 or tcp src port 7 or greater 69000", "udp"}) {
    const Outcome ours = Read(path_, filter);
    EXPECT_EQ(ours.end, "");
    EXPECT_EQ(ours.batches.empty(), filter == "udp");
    EXPECT_TRUE(ours == ReadByTheLibrary(bytes, filter)) << filter;
  }
}

// Read() returns now and then even if the filter passes few packets, so that its caller can stop. But it delivers as
// full batches as libpcap would, so that a packet with an impossible time has neighbours in its batch.
TEST_F(PlainPcapTest, AFilterThatLeavesMostOutChangesNoTimes) {
  Bytes bytes = FileHeader();
  for (uint32_t i = 0; i < 5; ++i) {
    AddPacket(&bytes, i == 2 ? 2000000000 : 1700000000 + i, 0, Segment(443));
    for (int other = 0; other < 9000; ++other) AddPacket(&bytes, 1700000000 + i, 1, Segment(80));
  }
  Write(bytes);
  const Outcome ours = Read(path_, "tcp src port 443");
  ASSERT_EQ(ours.batches.size(), 1);
  EXPECT_EQ(std::get<0>(ours.batches[0][2]), 1700000001000000000) << "that of the packet before";
  EXPECT_TRUE(ours == ReadByTheLibrary(bytes, "tcp src port 443"));

  const auto source = OpenFile(path_, "udp");
  PacketBatch batch;
  const auto result = (*source)->Read(&batch);
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(*result, PacketSource::ReadResult::kPackets) << "not yet at the end";
  EXPECT_TRUE(batch.packets().empty());
}

TEST_F(PlainPcapTest, EveryCutAndEveryChangedByteEndsAsWithTheLibrary) {
  Bytes whole = FileHeader();
  for (uint16_t i = 1; i <= 3; ++i) AddPacket(&whole, 1700000000, i, Segment(i));
  for (size_t at = 0; at < whole.size(); ++at) {
    Bytes changed = whole;
    changed[at] ^= 0x7f;  // keeps the highest bit, which libpcap takes for the sign of a time
    for (const Bytes& bytes : {Bytes(whole.begin(), whole.begin() + static_cast<ptrdiff_t>(at)), changed}) {
      Write(bytes);
      const Outcome ours = Read(path_, "");
      const Outcome library = ReadByTheLibrary(bytes, "");
      EXPECT_TRUE(ours == library) << "byte " << at << ": '" << ours.end << "' instead of '" << library.end << "'";
    }
  }
}

}  // namespace
}  // namespace tcpgauge
