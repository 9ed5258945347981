// SPDX-License-Identifier: Apache-2.0
// Passes a thousand packets of all kinds through the decoder and a connection table: each cut off after every byte, and
// with every single bit flipped.
#include <functional>
#include <iostream>
#include <vector>

#include "gtest/gtest.h"
#include "src/decode/decoder.h"
#include "src/decode/link_type.h"
#include "src/flow/connection_table.h"
#include "tests/support/frame.h"

// The decoder's fuzz target, which checks that the decoded packet makes sense.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace tcpgauge {
namespace {

constexpr size_t kPrefixBytes = 3;  // what the fuzz target reads before the packet

struct Sample {
  LinkType link_type;
  Frame frame;
};

// All combinations of outer headers, datagrams and segments.
std::vector<Sample> Samples() {
  const Frame ethernet = Frame().Ethernet();
  const Frame tunnel = Frame().Ethernet().Ipv4("192.0.2.1", "192.0.2.2");
  const Sample kOuter[] = {
      {LinkType::kEthernet, ethernet},
      {LinkType::kEthernet, Frame(ethernet).Vlan(7).Vlan(8, 0x88a8)},
      {LinkType::kEthernet, Frame(ethernet).Mpls().Mpls()},
      {LinkType::kEthernet, Frame(ethernet).Pppoe(5).Ppp()},
      {LinkType::kEthernet, Frame().Ethernet8023().Snap()},
      {LinkType::kEthernet, Frame(tunnel)},
      {LinkType::kEthernet, Frame(tunnel).Gre({true, true, true, 1})},
      {LinkType::kEthernet, Frame(tunnel).Pptp().Ppp(Frame::PppForm::kFramed)},
      {LinkType::kEthernet, Frame(tunnel).Erspan2(5).Ethernet()},
      {LinkType::kEthernet, Frame(tunnel).Vxlan(5).Ethernet()},
      {LinkType::kEthernet, Frame(tunnel).VxlanGpe(5)},
      {LinkType::kEthernet, Frame(tunnel).Geneve(5, 8).Ethernet()},
      {LinkType::kEthernet, Frame(tunnel).GtpU(5, 2, true)},
      {LinkType::kEthernet, Frame(tunnel).Teredo(true, true)},
      {LinkType::kRawIp, Frame()},
      {LinkType::kNull, Frame().Null()},
      {LinkType::kLinuxSll, Frame().LinuxSll()},
      {LinkType::kLinuxSll2, Frame().LinuxSll2(3)},
      {LinkType::kPpp, Frame().Ppp(Frame::PppForm::kFramed)},
      {LinkType::kNflog, Frame().Nflog()},
  };
  const std::function<void(Frame*)> kDatagrams[] = {
      [](Frame* frame) { frame->Ipv4(); },
      [](Frame* frame) { frame->Ipv4("10.0.0.1", "10.0.0.2", 8); },
      [](Frame* frame) { frame->Ipv4().Ipv4Fragment(0, true); },
      [](Frame* frame) { frame->Ipv6(); },
      [](Frame* frame) { frame->Ipv6().Ipv6Extension(0).Ipv6Extension(60).Ipv6Fragment(0, true); },
  };
  const std::function<void(Frame*)> kSegments[] = {
      [](Frame* frame) {
        frame->Tcp().Flags(2).Options({2, 4, 5, 180, 4, 2, 1, 1});
      },
      [](Frame* frame) { frame->Tcp(80, 40000).Flags(18).Acknowledgment(1); },
      [](Frame* frame) { frame->Tcp().Flags(16).Timestamps(1, 2).Payload(20); },
      [](Frame* frame) { frame->Tcp().Flags(17).Sequence(0xfffffff0).Payload(40); },
      [](Frame* frame) { frame->Tcp().Flags(4); },
      [](Frame* frame) { frame->Tcp().Flags(24).Window(0).Payload(8).Padding(6); },
      [](Frame* frame) { frame->Tcp(40001, 443).Flags(63).Payload(1); },
      [](Frame* frame) { frame->Tcp().Flags(16).Payload(500).CutTo(90); },
      [](Frame* frame) { frame->Udp(4789, 4789).Payload(30); },
      [](Frame* frame) { frame->Icmp().Ipv4().Tcp(); },
  };
  std::vector<Sample> samples;
  for (const Sample& outer : kOuter) {
    for (const auto& add_datagram : kDatagrams) {
      for (const auto& add_segment : kSegments) {
        samples.push_back(outer);
        add_datagram(&samples.back().frame);
        add_segment(&samples.back().frame);
      }
    }
  }
  return samples;
}

class Harness final : private EndedConnectionSink {
 public:
  void Take(LinkType link_type, const std::vector<uint8_t>& captured, uint32_t wire_length_bytes) {
    const uint32_t beyond = wire_length_bytes - static_cast<uint32_t>(captured.size());
    input_.assign({static_cast<uint8_t>(link_type), static_cast<uint8_t>(beyond >> 8), static_cast<uint8_t>(beyond)});
    input_.insert(input_.end(), captured.begin(), captured.end());
    LLVMFuzzerTestOneInput(input_.data(), input_.size());

    // In a copy of exactly this size, the sanitizer sees reads beyond the end.
    const std::vector<uint8_t> copy(captured);
    DecodedPacket packet;
    DecodePacket(link_type, copy, wire_length_bytes, &packet, &header_pieces_);
    packet.time_ns = ++packets_ * 1000000;
    packet.interface = 0;
    table_.Apply(absl::MakeConstSpan(&packet, 1));
    table_.AdvanceTime(packet.time_ns);
    ASSERT_LE(table_.size(), kConnections);
  }
  int64_t packets() const { return packets_; }
  int64_t ended() const { return ended_; }
  void End() { table_.EndAll(); }

 private:
  static constexpr uint32_t kConnections = 256;

  void OnConnectionEnded(const EndedConnection&) override { ++ended_; }
  static TableOptions Options() {
    TableOptions options;
    options.max_connections = kConnections;
    return options;
  }

  TcpHeaderPieces header_pieces_;
  std::vector<uint8_t> input_;
  int64_t packets_ = 0;
  int64_t ended_ = 0;
  ConnectionTable table_{Options(), this};
};

TEST(EveryChange, OfAThousandPacketsIsTaken) {
  Harness harness;
  const std::vector<Sample> samples = Samples();
  ASSERT_EQ(samples.size(), 1000u);
  for (const Sample& sample : samples) {
    std::vector<uint8_t> bytes = sample.frame.Bytes();
    const uint32_t wire_length_bytes = sample.frame.wire_length_bytes();
    ASSERT_LT(kPrefixBytes + bytes.size(), 4096u);
    for (size_t size = 0; size <= bytes.size(); ++size) {
      const std::vector<uint8_t> cut(bytes.begin(), bytes.begin() + static_cast<ptrdiff_t>(size));
      harness.Take(sample.link_type, cut, wire_length_bytes);            // the rest was not captured
      harness.Take(sample.link_type, cut, static_cast<uint32_t>(size));  // the packet was that short on the wire
    }
    for (size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
      bytes[bit / 8] = static_cast<uint8_t>(bytes[bit / 8] ^ 1 << bit % 8);
      harness.Take(sample.link_type, bytes, wire_length_bytes);
      bytes[bit / 8] = static_cast<uint8_t>(bytes[bit / 8] ^ 1 << bit % 8);
    }
  }
  harness.End();
  std::cout << samples.size() << " packets, " << harness.packets() << " changed ones, " << harness.ended()
            << " connections\n";
  EXPECT_GT(harness.packets(), 1000000);
  EXPECT_GT(harness.ended(), 1000);
}

}  // namespace
}  // namespace tcpgauge
