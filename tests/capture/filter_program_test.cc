// SPDX-License-Identifier: Apache-2.0
#include "src/capture/filter_program.h"

#include <gtest/gtest.h>

#include <array>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace tcpgauge {
namespace {

constexpr int kSnaplen = 256;

// A handle for Ethernet, without packets.
class FilterProgramTest : public testing::Test {
 protected:
  ~FilterProgramTest() override { pcap_close(ethernet_); }

  FilterProgram Compile(const std::string& filter) {
    auto program = FilterProgram::Compile(ethernet_, filter);
    EXPECT_TRUE(program.ok()) << program.status();
    return *std::move(program);
  }

  // The number of instructions that libpcap makes.
  size_t Instructions(const std::string& filter, bool optimize) {
    bpf_program program = {};
    EXPECT_EQ(pcap_compile(ethernet_, &program, filter.c_str(), optimize, PCAP_NETMASK_UNKNOWN), 0);
    const size_t instructions = program.bf_len;
    pcap_freecode(&program);
    return instructions;
  }

  pcap_t* const ethernet_ = pcap_open_dead(DLT_EN10MB, kSnaplen);
};

std::string HostNumber(int i) { return absl::StrCat("10.0.", i / 256, ".", i % 256); }

std::string Joined(int count, const std::string& between, std::string (*part)(int)) {
  std::string filter;
  for (int i = 0; i < count; ++i) absl::StrAppend(&filter, i == 0 ? "" : between, part(i));
  return filter;
}

std::string Hosts(int count) {
  return Joined(count, " or ", [](int i) { return absl::StrCat("host ", HostNumber(i)); });
}

std::string Networks(int count) {
  return Joined(count, " or ", [](int i) { return absl::StrCat("net 10.", i / 256, ".", i % 256, ".0/24"); });
}

std::string NoPorts(int count) {
  return Joined(count, " and ", [](int i) { return absl::StrCat("not port ", i + 1); });
}

std::string Hosts6(int count) {
  return Joined(count, " or ", [](int i) { return absl::StrCat("host 2001:db8::", i); });
}

// An Ethernet frame with an IPv4 and a TCP header between 10.0.x.y and 192.0.2.1.
std::array<uint8_t, 60> FrameFrom(int host) {
  std::array<uint8_t, 60> frame{};
  frame[12] = 0x08;
  frame[14] = 0x45;
  frame[23] = 6;
  frame[26] = 10;
  frame[28] = static_cast<uint8_t>(host / 256);
  frame[29] = static_cast<uint8_t>(host % 256);
  frame[30] = 192;
  frame[32] = 2;
  frame[33] = 1;
  frame[34] = 0xff;
  frame[36] = 0xfe;
  return frame;
}

bool Passes(const FilterProgram& program, const std::array<uint8_t, 60>& frame) {
  pcap_pkthdr header = {};
  header.caplen = header.len = frame.size();
  return program.Matches(header, frame.data());
}

TEST_F(FilterProgramTest, IsOptimizedUpToALimit) {
  for (const std::string& filter :
       {std::string(""), std::string("tcp port 80"), Hosts(100), Networks(60), NoPorts(40)}) {
    EXPECT_EQ(Compile(filter).instructions(), Instructions(filter, true)) << filter;
  }
}

TEST_F(FilterProgramTest, IsNeitherOptimizedNorForTheKernelAboveTheLimit) {
  // The optimiser takes about a second for each of these, and far longer for a filter of twice the length.
  for (const std::string& filter : {Hosts(280), Networks(232), NoPorts(130), Hosts6(380)}) {
    const FilterProgram program = Compile(filter);
    EXPECT_GT(program.instructions(), FilterProgram::kMaxOptimizedInstructions);
    EXPECT_FALSE(program.FitsKernel());
  }
}

TEST_F(FilterProgramTest, MatchesTheSamePacketsWhetherOptimizedOrNot) {
  const FilterProgram few = Compile(Hosts(150));
  const FilterProgram many = Compile(Hosts(300));
  for (const int host : {0, 1, 149}) {
    EXPECT_TRUE(Passes(few, FrameFrom(host))) << host;
    EXPECT_TRUE(Passes(many, FrameFrom(host))) << host;
  }
  for (const int host : {150, 299}) {
    EXPECT_FALSE(Passes(few, FrameFrom(host))) << host;
    EXPECT_TRUE(Passes(many, FrameFrom(host))) << host;
  }
  EXPECT_FALSE(Passes(many, FrameFrom(300)));
}

TEST_F(FilterProgramTest, FitsTheKernelUnlessItIsTooLong) {
  EXPECT_TRUE(Compile("").FitsKernel());
  EXPECT_TRUE(Compile("tcp").FitsKernel());
  EXPECT_TRUE(Compile(Hosts(20)).FitsKernel());
  // Short enough to be optimised, and too long for the kernel all the same.
  EXPECT_FALSE(Compile(Hosts6(300)).FitsKernel());
}

TEST_F(FilterProgramTest, AsksTheKernelForWhatNoPacketHolds) {
  for (const char* filter : {"inbound", "outbound", "tcp and not inbound", "ifindex 3"}) {
    EXPECT_TRUE(Compile(filter).AsksKernel()) << filter;
  }
}

TEST_F(FilterProgramTest, AsksTheKernelNothingThatThePacketHolds) {
  for (const char* filter : {"", "tcp", "vlan 5", "ip6 and port 7"})
    EXPECT_FALSE(Compile(filter).AsksKernel()) << filter;
}

TEST_F(FilterProgramTest, AsksTheKernelBehindAHeaderOfVariableLengthToo) {
  pcap_t* const radiotap = pcap_open_dead(DLT_IEEE802_11_RADIO, kSnaplen);
  for (const char* filter : {"inbound", "outbound and tcp", "ifindex 3"}) {
    const auto program = FilterProgram::Compile(radiotap, filter);
    ASSERT_TRUE(program.ok()) << program.status();
    EXPECT_TRUE(program->AsksKernel()) << filter;
  }
  pcap_close(radiotap);
}

std::string WhatAsksKernel(const FilterProgram& program, const std::string& filter) {
  const absl::Status status = program.CheckWithoutKernel(filter, "so leave it out");
  if (status.ok()) return "";
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  return std::string(status.message());
}

TEST_F(FilterProgramTest, NamesTheWordsThatOnlyTheKernelCanAnswer) {
  const auto error = [this](const std::string& filter) { return WhatAsksKernel(Compile(filter), filter); };
  EXPECT_EQ(error("tcp and port 80"), "");
  EXPECT_EQ(error("tcp and inbound"),
            "filter 'tcp and inbound': only the kernel can answer 'inbound', so leave it out");
  EXPECT_EQ(error("ifindex 3 or(outbound)"),
            "filter 'ifindex 3 or(outbound)': only the kernel can answer 'outbound' and 'ifindex', so leave it out");
  EXPECT_EQ(error("geneve and not inbound"),
            "filter 'geneve and not inbound': only the kernel can answer 'inbound', so leave it out");
  EXPECT_EQ(error("ether[0xfffff004:2] = 4"),
            "filter 'ether[0xfffff004:2] = 4': it asks for bytes that no packet has, so leave it out");
}

TEST_F(FilterProgramTest, NamesNoWordThatThePacketsAnswer) {
  pcap_t* const cooked = pcap_open_dead(DLT_LINUX_SLL, kSnaplen);
  const std::string filter = "inbound and ifindex 3";
  const auto program = FilterProgram::Compile(cooked, filter);
  pcap_close(cooked);
  ASSERT_TRUE(program.ok()) << program.status();
  EXPECT_EQ(WhatAsksKernel(*program, filter),
            "filter 'inbound and ifindex 3': only the kernel can answer 'ifindex', so leave it out");
}

TEST_F(FilterProgramTest, QuotesOnlyTheBeginningOfALongFilter) {
  const auto wrong = FilterProgram::Compile(ethernet_, "tcp prot 80");
  EXPECT_EQ(wrong.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_TRUE(absl::StartsWith(wrong.status().message(), "filter 'tcp prot 80': ")) << wrong.status();
  const auto longer = FilterProgram::Compile(ethernet_, Hosts(100) + " or prot 80");
  EXPECT_EQ(longer.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_LT(longer.status().message().size(), 400u);
}

TEST_F(FilterProgramTest, RefusesAFilterThatRejectsEveryPacket) {
  const auto never = FilterProgram::Compile(ethernet_, "ip and ip6");
  EXPECT_EQ(never.status().code(), absl::StatusCode::kInvalidArgument) << never.status();
}

}  // namespace
}  // namespace tcpgauge
