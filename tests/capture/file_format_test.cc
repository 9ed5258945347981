// SPDX-License-Identifier: Apache-2.0
#include "src/capture/file_format.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace tcpgauge {
namespace {

using Bytes = std::vector<uint8_t>;

TEST(FileFormat, KnowsEachKindOfCaptureInBothByteOrders) {
  for (const Bytes& begin :
       {Bytes{0xa1, 0xb2, 0xc3, 0xd4}, Bytes{0xd4, 0xc3, 0xb2, 0xa1}, Bytes{0xa1, 0xb2, 0x3c, 0x4d},
        Bytes{0x4d, 0x3c, 0xb2, 0xa1}, Bytes{0xa1, 0xb2, 0xcd, 0x34}, Bytes{0x34, 0xcd, 0xb2, 0xa1}}) {
    EXPECT_EQ(FormatOf(begin), FileFormat::kPcap);
  }
  EXPECT_EQ(FormatOf(Bytes{0x0a, 0x0d, 0x0d, 0x0a, 0x1c, 0}), FileFormat::kPcapng);
  for (const Bytes& begin : {Bytes{}, Bytes{0x0a, 0x0d, 0x0d}, Bytes{0xa1, 0xb2, 0xc3}, Bytes{1, 2, 3, 4, 5, 6},
                             Bytes{'s', 'n', 'o', 'o', 'p', 0}}) {
    EXPECT_EQ(FormatOf(begin), FileFormat::kUnknown);
  }
}

TEST(FileFormat, NamesTheCommandThatUnpacksAFile) {
  const struct {
    Bytes begin;
    std::string advice;
    std::string advice_for_input;
  } kCases[] = {
      {{0x1f, 0x8b, 8, 0, 0, 0}, "gzip; use: zcat a.gz", "gzip; use: ... | zcat"},
      {{0x28, 0xb5, 0x2f, 0xfd, 4, 0}, "zstd; use: zstdcat a.gz", "zstd; use: ... | zstdcat"},
      {{'B', 'Z', 'h', '9', '1', 'A'}, "bzip2; use: bzcat a.gz", "bzip2; use: ... | bzcat"},
      {{0xfd, '7', 'z', 'X', 'Z', 0}, "xz; use: xzcat a.gz", "xz; use: ... | xzcat"},
      {{4, 0x22, 0x4d, 0x18, 0x64, 0x40}, "lz4; use: lz4cat a.gz", "lz4; use: ... | lz4cat"},
      {{0x1f, 0x9d, 0x90, 0, 0, 0}, "compress; use: zcat a.gz", "compress; use: ... | zcat"},
      {{'P', 'K', 3, 4, 20, 0}, "zip; use: unzip -p a.gz", "zip; use: ... | funzip"},
  };
  for (const auto& each : kCases) {
    ASSERT_EQ(FormatOf(each.begin), FileFormat::kCompressed) << each.advice;
    EXPECT_EQ(AdviceForCompressed(each.begin, "a.gz"), "is compressed with " + each.advice + " | tcpgauge -T -");
    EXPECT_EQ(AdviceForCompressed(each.begin, "-"), "is compressed with " + each.advice_for_input + " | tcpgauge -T -");
  }
}

TEST(FileFormat, QuotesAPathThatAShellWouldChange) {
  const Bytes gzip = {0x1f, 0x8b};
  const auto command = [&gzip](const std::string& path) { return AdviceForCompressed(gzip, path).substr(30); };
  EXPECT_EQ(command("/var/tmp/a-1_2.pcap.gz"), "zcat /var/tmp/a-1_2.pcap.gz | tcpgauge -T -");
  EXPECT_EQ(command("my file"), "zcat 'my file' | tcpgauge -T -");
  EXPECT_EQ(command("it's"), "zcat 'it'\\''s' | tcpgauge -T -");
  EXPECT_EQ(command("a;$(b)"), "zcat 'a;$(b)' | tcpgauge -T -");
  EXPECT_EQ(command("-d"), "zcat ./-d | tcpgauge -T -") << "not an option";
}

}  // namespace
}  // namespace tcpgauge
