// SPDX-License-Identifier: Apache-2.0
#include "src/capture/live_filter.h"

#include <gtest/gtest.h>
#include <stdio.h>
#include <unistd.h>

#include <array>
#include <vector>

#include "absl/strings/str_cat.h"
#include "src/base/time_units.h"
#include "src/capture/filter_program.h"
#include "src/capture/packet_source.h"
#include "src/capture/pcap_reader.h"
#include "src/decode/link_type.h"

namespace tcpgauge {
namespace {

// A capture file of frames between 10.0.0.1 and hosts 192.0.2.x, one for each x; the packet of x has the time x s and
// 5 µs.
class CaptureFile {
 public:
  explicit CaptureFile(const std::vector<uint8_t>& hosts) : file_(tmpfile()) {
    const PcapHandle dead(pcap_open_dead(DLT_EN10MB, 65535));
    FILE* const copy = fdopen(dup(fileno(file_)), "wb");
    pcap_dumper_t* const dumper = pcap_dump_fopen(dead.get(), copy);
    for (const uint8_t host : hosts) {
      std::array<uint8_t, 60> frame{};
      frame[12] = 0x08;
      frame[14] = 0x45;
      frame[23] = 6;
      frame[26] = 10;
      frame[29] = 1;
      frame[30] = 192;
      frame[32] = 2;
      frame[33] = host;
      pcap_pkthdr header = {};
      header.ts.tv_sec = host;
      header.ts.tv_usec = 5;
      header.caplen = header.len = frame.size();
      pcap_dump(reinterpret_cast<u_char*>(dumper), &header, frame.data());
    }
    pcap_dump_close(dumper);
    rewind(file_);
  }

  // Reads the file. The handle closes it. Call it once.
  PcapHandle Open(u_int precision) {
    char error[PCAP_ERRBUF_SIZE];
    return PcapHandle(pcap_fopen_offline_with_tstamp_precision(file_, precision, error));
  }

 private:
  FILE* const file_;
};

// The seconds of the packets that the reader delivers.
std::vector<int64_t> SecondsOf(PcapReader* reader) {
  PacketBatch batch;
  std::vector<int64_t> seconds;
  while (reader->Read(&batch) > 0) {
    for (const DecodedPacket& packet : batch.packets()) seconds.push_back(packet.time_ns / kNanosecondsPerSecond);
    batch.clear();
  }
  return seconds;
}

std::string HostsFrom(int first, int count) {
  std::string filter;
  for (int i = first; i < first + count; ++i) {
    absl::StrAppend(&filter, filter.empty() ? "" : " or ", "host 192.0.", 2 + i / 256, ".", i % 256);
  }
  return filter;
}

TEST(LiveFilter, PassesWhatMatchesWhereverItRuns) {
  for (const int count : {3, 100, 290}) {  // the kernel's, and too long for the kernel
    CaptureFile file({1, 2, 7, 8, 9});
    PcapReader reader(file.Open(PCAP_TSTAMP_PRECISION_NANO), LinkType::kEthernet);
    LiveFilter filter(HostsFrom(7, count));
    ASSERT_TRUE(filter.Set(reader.handle(), &reader).ok()) << count;
    EXPECT_EQ(SecondsOf(&reader), (std::vector<int64_t>{7, 8, 9})) << count;
  }
}

TEST(LiveFilter, PassesAllWhenItIsEmpty) {
  CaptureFile file({1, 2, 7});
  PcapReader reader(file.Open(PCAP_TSTAMP_PRECISION_NANO), LinkType::kEthernet);
  LiveFilter filter("");
  ASSERT_TRUE(filter.Set(reader.handle(), &reader).ok());
  EXPECT_EQ(SecondsOf(&reader), (std::vector<int64_t>{1, 2, 7}));
}

TEST(LiveFilter, ReplacesAFilterOfTheReader) {
  CaptureFile file({1, 2, 7});
  PcapReader reader(file.Open(PCAP_TSTAMP_PRECISION_NANO), LinkType::kEthernet);
  LiveFilter too_long(HostsFrom(7, 290));
  ASSERT_TRUE(too_long.Set(reader.handle(), &reader).ok());
  LiveFilter other("host 192.0.2.2");
  ASSERT_TRUE(other.Set(reader.handle(), &reader).ok());
  EXPECT_EQ(SecondsOf(&reader), std::vector<int64_t>{2});
}

TEST(LiveFilter, SharesAProgramAmongReaders) {
  LiveFilter filter(HostsFrom(7, 290));
  for (int i = 0; i < 3; ++i) {
    CaptureFile file({7, 1});
    PcapReader reader(file.Open(PCAP_TSTAMP_PRECISION_NANO), LinkType::kEthernet);
    ASSERT_TRUE(filter.Set(reader.handle(), &reader).ok());
    EXPECT_EQ(SecondsOf(&reader), std::vector<int64_t>{7});
  }
}

TEST(LiveFilter, ReportsAWrongExpression) {
  CaptureFile file({1});
  PcapReader reader(file.Open(PCAP_TSTAMP_PRECISION_NANO), LinkType::kEthernet);
  LiveFilter filter("prot 80");
  EXPECT_EQ(filter.Compile(reader.handle()).code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(filter.Set(reader.handle(), &reader).code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(SecondsOf(&reader), std::vector<int64_t>{1});
}

TEST(LiveFilter, RefusesWhatIsTooLongForTheKernelAndAsksTheKernel) {
  const PcapHandle dead(pcap_open_dead(DLT_EN10MB, 256));
  for (const char* question : {"inbound", "ifindex 3"}) {
    LiveFilter longer(absl::StrCat(question, " and (", HostsFrom(7, 290), ")"));
    EXPECT_EQ(longer.Compile(dead.get()).code(), absl::StatusCode::kInvalidArgument) << question;
    LiveFilter shorter(absl::StrCat(question, " and (", HostsFrom(7, 3), ")"));
    EXPECT_TRUE(shorter.Compile(dead.get()).ok()) << question;
  }
}

// libpcap itself applies a filter to packets that netfilter logs, however short it is.
TEST(LiveFilter, RefusesWhatAsksTheKernelAboutPacketsOfNetfilter) {
  const PcapHandle dead(pcap_open_dead(DLT_NFLOG, 256));
  for (const char* expression : {"inbound", "not outbound", "greater 100 and ifindex 3"}) {
    LiveFilter filter(expression);
    EXPECT_EQ(filter.Compile(dead.get()).code(), absl::StatusCode::kInvalidArgument) << expression;
  }
  EXPECT_TRUE(LiveFilter("greater 100").Compile(dead.get()).ok());
}

TEST(PcapReader, KnowsTheUnitOfPacketTimes) {
  for (const u_int precision : {PCAP_TSTAMP_PRECISION_NANO, PCAP_TSTAMP_PRECISION_MICRO}) {
    CaptureFile file({3});
    PcapReader reader(file.Open(precision), LinkType::kEthernet);
    PacketBatch batch;
    ASSERT_EQ(reader.Read(&batch), 1);
    EXPECT_EQ(batch.packets()[0].time_ns, 3 * kNanosecondsPerSecond + 5 * kNanosecondsPerMicrosecond) << precision;
  }
}

}  // namespace
}  // namespace tcpgauge
