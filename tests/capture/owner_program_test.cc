// SPDX-License-Identifier: Apache-2.0
// Runs the program in an interpreter and, where the test may make a network namespace, in the kernel.
#include "src/capture/owner_program.h"

#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <functional>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/types/span.h"
#include "gtest/gtest.h"
#include "src/capture/packet_socket.h"
#include "src/decode/decoded_packet.h"
#include "src/decode/decoder.h"
#include "src/decode/link_type.h"
#include "tests/support/frame.h"

namespace tcpgauge {
namespace {

// A frame of Ethernet as the kernel sees it when it runs the program.
struct KernelPacket {
  std::vector<uint8_t> bytes;
  size_t network_offset = 14;
  uint16_t protocol = 0;
};

// Returns the value of `size` bytes at the program's offset `k`; nullopt outside of the packet.
std::optional<uint32_t> Load(const KernelPacket& packet, uint32_t k, size_t size) {
  if (k == static_cast<uint32_t>(SKF_AD_OFF + SKF_AD_PROTOCOL)) return packet.protocol;
  const int64_t offset = static_cast<int32_t>(k);
  const int64_t start = offset - SKF_NET_OFF + static_cast<int64_t>(packet.network_offset);
  if (start < 0 || start + static_cast<int64_t>(size) > static_cast<int64_t>(packet.bytes.size())) return std::nullopt;
  uint32_t value = 0;
  for (size_t i = 0; i < size; ++i) value = value << 8 | packet.bytes[static_cast<size_t>(start) + i];
  return value;
}

uint32_t Execute(const std::vector<sock_filter>& program, const KernelPacket& packet) {
  uint32_t a = 0, x = 0;
  std::array<uint32_t, BPF_MEMWORDS> memory{};
  for (size_t i = 0; i < program.size(); ++i) {
    const auto& [code, jt, jf, k] = program[i];
    const uint32_t operand = BPF_SRC(code) == BPF_X ? x : k;
    switch (BPF_CLASS(code)) {
      case BPF_LD:
        switch (BPF_MODE(code)) {
          case BPF_IMM:
            a = k;
            break;
          case BPF_MEM:
            a = memory[k];
            break;
          default: {
            const size_t size = BPF_SIZE(code) == BPF_W ? 4 : BPF_SIZE(code) == BPF_H ? 2 : 1;
            const auto value = Load(packet, k + (BPF_MODE(code) == BPF_IND ? x : 0), size);
            if (!value.has_value()) return 0;
            a = *value;
          }
        }
        break;
      case BPF_LDX:
        x = memory[k];
        break;
      case BPF_ST:
        memory[k] = a;
        break;
      case BPF_ALU:
        switch (BPF_OP(code)) {
          case BPF_ADD:
            a += operand;
            break;
          case BPF_MUL:
            a *= operand;
            break;
          case BPF_AND:
            a &= operand;
            break;
          case BPF_XOR:
            a ^= operand;
            break;
          case BPF_LSH:
            a <<= operand;
            break;
          case BPF_RSH:
            a >>= operand;
            break;
          default:
            ADD_FAILURE() << "unknown operation " << code;
        }
        break;
      case BPF_JMP:
        i += a == operand ? jt : jf;
        break;
      case BPF_MISC:
        x = a;
        break;
      case BPF_RET:
        return BPF_RVAL(code) == BPF_A ? a : k;
      default:
        ADD_FAILURE() << "unknown instruction " << code;
    }
  }
  ADD_FAILURE() << "the program does not return";
  return 0;
}

std::string RandomIpv4(std::mt19937_64* random) {
  char text[INET_ADDRSTRLEN];
  const uint32_t bytes = static_cast<uint32_t>((*random)());
  return inet_ntop(AF_INET, &bytes, text, sizeof(text));
}

std::string RandomIpv6(std::mt19937_64* random) {
  char text[INET6_ADDRSTRLEN];
  const uint64_t bytes[] = {(*random)(), (*random)()};
  return inet_ntop(AF_INET6, bytes, text, sizeof(text));
}

DecodedPacket Decode(const std::vector<uint8_t>& bytes) {
  DecodedPacket packet;
  DecodePacket(LinkType::kEthernet, bytes, static_cast<uint32_t>(bytes.size()), &packet, nullptr);
  return packet;
}

TEST(OwnerProgram, GivesATcpSegmentInIpToItsOwner) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 2000; ++i) {
    const OwnerFunction owners(random(), 1 + random() % 64);
    const std::vector<sock_filter> program = OwnerProgram(owners);
    const uint16_t source_port = static_cast<uint16_t>(random());
    const uint16_t destination_port = static_cast<uint16_t>(random());
    const std::string a4 = RandomIpv4(&random), b4 = RandomIpv4(&random);
    const std::string a6 = RandomIpv6(&random), b6 = RandomIpv6(&random);
    const size_t option_bytes = random() % 11 * 4;
    for (const bool is_answer : {false, true}) {
      const std::string& from4 = is_answer ? b4 : a4;
      const std::string& to4 = is_answer ? a4 : b4;
      const uint16_t from_port = is_answer ? destination_port : source_port;
      const uint16_t to_port = is_answer ? source_port : destination_port;
      const auto ipv4 = Frame().Ethernet().Ipv4(from4, to4, option_bytes).Tcp(from_port, to_port).Payload(9).Bytes();
      const DecodedPacket decoded4 = Decode(ipv4);
      ASSERT_EQ(decoded4.kind, DecodedPacket::Kind::kTcpSegment);
      EXPECT_EQ(Execute(program, {ipv4, 14, ETH_P_IP}), owners.OwnerOf(decoded4.source, decoded4.destination));
      const auto ipv6 =
          Frame().Ethernet().Ipv6(is_answer ? b6 : a6, is_answer ? a6 : b6).Tcp(from_port, to_port).Bytes();
      const DecodedPacket decoded6 = Decode(ipv6);
      ASSERT_EQ(decoded6.kind, DecodedPacket::Kind::kTcpSegment);
      EXPECT_EQ(Execute(program, {ipv6, 14, ETH_P_IPV6}), owners.OwnerOf(decoded6.source, decoded6.destination));
    }
  }
}

TEST(OwnerProgram, GivesAMappedAddressToTheOwnerOfTheIpv4Address) {
  const OwnerFunction owners(5, 7);
  const std::vector<sock_filter> program = OwnerProgram(owners);
  for (uint16_t port = 1; port < 100; ++port) {
    const auto ipv4 = Frame().Ethernet().Ipv4("192.0.2.1", "192.0.2.2").Tcp(port, 80).Bytes();
    const auto ipv6 = Frame().Ethernet().Ipv6("::ffff:192.0.2.1", "::ffff:192.0.2.2").Tcp(port, 80).Bytes();
    EXPECT_EQ(Execute(program, {ipv4, 14, ETH_P_IP}), Execute(program, {ipv6, 14, ETH_P_IPV6}));
  }
}

TEST(OwnerProgram, GivesOtherIpPacketsToTheCollectorOfDatagrams) {
  const OwnerFunction owners(9, 64);
  const std::vector<sock_filter> program = OwnerProgram(owners);
  const std::vector<std::pair<std::vector<uint8_t>, uint16_t>> kPackets = {
      {Frame().Ethernet().Ipv4().Ipv4Fragment(0, true).Tcp().Bytes(), ETH_P_IP},
      {Frame().Ethernet().Ipv4().Ipv4Fragment(64, false).Payload(40).Bytes(), ETH_P_IP},
      {Frame().Ethernet().Ipv4().Udp(50000, 4789).Payload(40).Bytes(), ETH_P_IP},
      {Frame().Ethernet().Ipv4().Udp(50001, 4789).Payload(40).Bytes(), ETH_P_IP},
      {Frame().Ethernet().Ipv4().Gre().Ipv4("1.2.3.4", "5.6.7.8").Tcp().Bytes(), ETH_P_IP},
      {Frame().Ethernet().Ipv4().AuthenticationHeader().Tcp().Bytes(), ETH_P_IP},
      {Frame().Ethernet().Ipv6().Ipv6Fragment(0, true).Tcp().Bytes(), ETH_P_IPV6},
      {Frame().Ethernet().Ipv6().Ipv6Fragment(64, false).Payload(40).Bytes(), ETH_P_IPV6},
      {Frame().Ethernet().Ipv6().Ipv6Extension(60).Tcp().Bytes(), ETH_P_IPV6},
      {Frame().Ethernet().Ipv6().Udp(50000, 4789).Payload(40).Bytes(), ETH_P_IPV6},
  };
  for (const auto& [bytes, protocol] : kPackets) {
    const DecodedPacket plain = Decode(protocol == ETH_P_IP ? Frame().Ethernet().Ipv4().Tcp().Bytes()
                                                            : Frame().Ethernet().Ipv6().Tcp().Bytes());
    EXPECT_EQ(Execute(program, {bytes, 14, protocol}),
              owners.OwnerOfDatagrams(plain.source.address, plain.destination.address));
  }
}

TEST(OwnerProgram, FindsIpAfterVlanTagsPppoeAndMpls) {
  using Start = std::function<Frame()>;
  const std::vector<std::pair<uint16_t, Start>> kStarts = {
      {ETH_P_8021Q, [] { return Frame().Ethernet().Vlan(7); }},
      {ETH_P_8021AD, [] { return Frame().Ethernet().Vlan(7, 0x88a8).Vlan(8); }},
      {ETH_P_8021Q, [] { return Frame().Ethernet().Vlan(7).Pppoe(5).Ppp(); }},
      {ETH_P_PPP_SES, [] { return Frame().Ethernet().Pppoe(5).Ppp(); }},
      {ETH_P_MPLS_UC, [] { return Frame().Ethernet().Mpls(); }},
      {ETH_P_MPLS_UC, [] { return Frame().Ethernet().Mpls(17).Mpls(18); }},
      {ETH_P_MPLS_UC, [] { return Frame().Ethernet().Mpls(17).Mpls(18).Mpls(19); }},
      {ETH_P_8021Q, [] { return Frame().Ethernet().Vlan(7).Mpls(17); }},
  };
  std::mt19937_64 random(2);
  for (const auto& [protocol, start] : kStarts) {
    for (uint16_t port = 1; port < 100; ++port) {
      const OwnerFunction owners(random(), 64);
      const std::vector<sock_filter> program = OwnerProgram(owners);
      const std::string a4 = RandomIpv4(&random), a6 = RandomIpv6(&random);
      for (const auto& bytes : {start().Ipv4(a4, "192.0.2.1", port % 11 * 4).Tcp(port, 80).Bytes(),
                                start().Ipv6(a6).Tcp(port, 80).Bytes()}) {
        const DecodedPacket decoded = Decode(bytes);
        ASSERT_EQ(decoded.kind, DecodedPacket::Kind::kTcpSegment);
        EXPECT_EQ(Execute(program, {bytes, 14, protocol}), owners.OwnerOf(decoded.source, decoded.destination))
            << protocol;
      }
    }
  }
}

TEST(OwnerProgram, GivesOtherFramesToTheFirstWorker) {
  const std::vector<sock_filter> program = OwnerProgram(OwnerFunction(7, 64));
  const std::vector<std::pair<std::vector<uint8_t>, uint16_t>> kPackets = {
      {Frame().Ethernet().Vlan(1).Vlan(2).Vlan(3).Ipv4().Tcp().Bytes(), ETH_P_8021Q},
      {Frame().Ethernet().Mpls(17).Mpls(18).Mpls(19).Mpls(20).Ipv4().Tcp().Bytes(), ETH_P_MPLS_UC},
      {Frame().Ethernet().Mpls().ControlWord().Ethernet().Ipv4().Tcp().Bytes(), ETH_P_MPLS_UC},
      {Frame().Ethernet8023().Snap().Ipv4().Tcp().Bytes(), ETH_P_802_2},
      {Frame().Ethernet().FabricPath().Ethernet().Ipv4().Tcp().Bytes(), 0x8903},
      {Frame().Ethernet().Payload(100).Bytes(), ETH_P_ARP},
  };
  for (const auto& [bytes, protocol] : kPackets) EXPECT_EQ(Execute(program, {bytes, 14, protocol}), 0u) << protocol;
}

TEST(OwnerProgram, GivesWhatIsTooShortToTheFirstWorker) {
  const std::vector<sock_filter> program = OwnerProgram(OwnerFunction(7, 64));
  const struct {
    std::vector<uint8_t> bytes;
    uint16_t protocol;
    size_t read_bytes;
  } kCases[] = {{Frame().Ethernet().Ipv4().Tcp().Bytes(), ETH_P_IP, 14 + 24},
                {Frame().Ethernet().Ipv6().Tcp().Bytes(), ETH_P_IPV6, 14 + 44},
                {Frame().Ethernet().Mpls().Ipv4().Tcp().Bytes(), ETH_P_MPLS_UC, 14 + 4 + 24},
                {Frame().Ethernet().Vlan(7).Ipv4().Tcp().Bytes(), ETH_P_8021Q, 14 + 4 + 24}};
  for (const auto& [bytes, protocol, read_bytes] : kCases) {
    EXPECT_NE(Execute(program, {bytes, 14, protocol}), 0u);
    for (size_t length = 0; length < bytes.size(); ++length) {
      const std::vector<uint8_t> cut(bytes.begin(), bytes.begin() + static_cast<ptrdiff_t>(length));
      EXPECT_EQ(Execute(program, {cut, 14, protocol}) == 0, length < read_bytes) << length;
    }
  }
}

class KernelTest : public testing::Test {
 protected:
  static constexpr size_t kWorkers = 4;

  void SetUp() override {
    if (unshare(CLONE_NEWNET) != 0) GTEST_SKIP() << "a network namespace cannot be made here";
    const int control = socket(AF_INET, SOCK_DGRAM, 0);
    ifreq request = {};
    request.ifr_name[0] = 'l';
    request.ifr_name[1] = 'o';
    request.ifr_flags = IFF_UP;
    ASSERT_EQ(ioctl(control, SIOCSIFFLAGS, &request), 0);
    close(control);
    loopback_ = if_nametoindex("lo");
    SocketGroup group;
    group.program = OwnerProgram(owners_);
    for (int& fd : sockets_) {
      fd = socket(AF_PACKET, SOCK_RAW, htons(ETH_P_ALL));
      ASSERT_GE(fd, 0);
      ASSERT_TRUE(BindPacketSocket(fd, loopback_, false).ok());
      ASSERT_EQ(JoinSocketGroup(fd, &group), 0);
    }
    EXPECT_EQ(group.mode, PACKET_FANOUT_CBPF);
    sender_ = socket(AF_PACKET, SOCK_RAW, 0);
  }
  void TearDown() override {
    for (const int fd : sockets_) close(fd);
    close(sender_);
  }

  // Sends the frame on the loopback interface, where it is captured when it is sent and when it is received. Returns
  // the worker to which the kernel gave it, for each of the two.
  std::vector<size_t> Capture(const std::vector<uint8_t>& frame, uint16_t protocol) {
    sockaddr_ll to = {};
    to.sll_family = AF_PACKET;
    to.sll_protocol = htons(protocol);
    to.sll_ifindex = static_cast<int>(loopback_);
    EXPECT_EQ(sendto(sender_, frame.data(), frame.size(), 0, reinterpret_cast<sockaddr*>(&to), sizeof(to)),
              static_cast<ssize_t>(frame.size()));
    std::vector<size_t> workers;
    while (workers.size() < 2) {
      std::array<pollfd, kWorkers> fds;
      for (size_t i = 0; i < kWorkers; ++i) fds[i] = {sockets_[i], POLLIN, 0};
      if (poll(fds.data(), fds.size(), 10000) <= 0) break;
      for (size_t i = 0; i < kWorkers; ++i) {
        std::array<uint8_t, 2000> bytes;
        while (recv(sockets_[i], bytes.data(), bytes.size(), MSG_DONTWAIT) > 0) workers.push_back(i);
      }
    }
    return workers;
  }

  const OwnerFunction owners_{11, kWorkers};
  uint32_t loopback_ = 0;
  std::array<int, kWorkers> sockets_{-1, -1, -1, -1};
  int sender_ = -1;
};

TEST_F(KernelTest, GivesASegmentToItsOwnerWhenItIsSentAndWhenItIsReceived) {
  std::mt19937_64 random(3);
  for (uint16_t port = 1; port <= 100; ++port) {
    for (const bool is_ipv4 : {true, false}) {
      const auto frame =
          is_ipv4 ? Frame().Ethernet().Ipv4(RandomIpv4(&random), "10.0.0.2", port % 11 * 4).Tcp(port, 80).Bytes()
                  : Frame().Ethernet().Ipv6(RandomIpv6(&random)).Tcp(port, 80).Bytes();
      const DecodedPacket decoded = Decode(frame);
      const size_t owner = owners_.OwnerOf(decoded.source, decoded.destination);
      EXPECT_EQ(Capture(frame, is_ipv4 ? ETH_P_IP : ETH_P_IPV6), std::vector<size_t>({owner, owner})) << port;
    }
  }
}

TEST_F(KernelTest, GivesASegmentInAVlanToItsOwnerWhenTheKernelHasTakenTheTagOff) {
  for (uint16_t port = 1; port <= 20; ++port) {
    const DecodedPacket decoded = Decode(Frame().Ethernet().Vlan(7).Ipv4().Tcp(port, 80).Bytes());
    const size_t owner = owners_.OwnerOf(decoded.source, decoded.destination);
    const std::vector<size_t> workers = Capture(Frame().Ethernet().Vlan(7).Ipv4().Tcp(port, 80).Bytes(), ETH_P_8021Q);
    EXPECT_EQ(workers.size(), 2u);
    EXPECT_GE(std::count(workers.begin(), workers.end(), owner), 1) << "the one that was received";
  }
}

TEST_F(KernelTest, GivesAnotherFrameToTheFirstWorker) {
  EXPECT_EQ(Capture(Frame().Ethernet().Payload(100).Bytes(), ETH_P_ARP), std::vector<size_t>({0, 0}));
}

TEST_F(KernelTest, FindsIpAfterMplsAndPppoe) {
  for (uint16_t port = 1; port <= 20; ++port) {
    for (const auto& [frame, protocol] :
         {std::pair(Frame().Ethernet().Mpls().Ipv4().Tcp(port, 80).Bytes(), ETH_P_MPLS_UC),
          std::pair(Frame().Ethernet().Pppoe(5).Ppp().Ipv6().Tcp(port, 80).Bytes(), ETH_P_PPP_SES)}) {
      const DecodedPacket decoded = Decode(frame);
      const size_t owner = owners_.OwnerOf(decoded.source, decoded.destination);
      EXPECT_EQ(Capture(frame, static_cast<uint16_t>(protocol)), std::vector<size_t>({owner, owner}));
    }
  }
}

TEST_F(KernelTest, GivesATunnelToOneWorkerWhateverItsPorts) {
  for (uint16_t port = 50000; port < 50020; ++port) {
    const DecodedPacket plain = Decode(Frame().Ethernet().Ipv4().Tcp().Bytes());
    const size_t owner = owners_.OwnerOfDatagrams(plain.source.address, plain.destination.address);
    EXPECT_EQ(Capture(Frame().Ethernet().Ipv4().Vxlan(7, 4789, port).Ethernet().Ipv4().Tcp().Bytes(), ETH_P_IP),
              std::vector<size_t>({owner, owner}));
  }
}

}  // namespace
}  // namespace tcpgauge
