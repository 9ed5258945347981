// SPDX-License-Identifier: Apache-2.0
#include "src/capture/owner_program.h"

#include <linux/if_ether.h>
#include <netinet/in.h>

#include <cstddef>
#include <cstdint>

namespace tcpgauge {
namespace {

constexpr uint32_t kEtherType = static_cast<uint32_t>(SKF_AD_OFF + SKF_AD_PROTOCOL);
constexpr uint32_t kNetwork = static_cast<uint32_t>(SKF_NET_OFF);  // where the header after the EtherType begins

constexpr uint32_t kVlanBytes = 4, kVlanType = 2;
constexpr uint32_t kPppoeBytes = 8, kPppoeProtocol = 6, kPppIpv4 = 0x21, kPppIpv6 = 0x57;
constexpr uint32_t kMplsBytes = 4, kMplsBottom = 2, kMplsBottomBit = 1;
constexpr uint32_t kIpv4Fragment = 6, kIpv4Protocol = 9, kIpv4Source = 12, kIpv4Destination = 16;
constexpr uint32_t kMoreFragmentsOrOffset = 0x3fff;
constexpr uint32_t kIpv6NextHeader = 6, kIpv6Source = 8, kIpv6Destination = 24, kIpv6HeaderBytes = 40;

constexpr int kInnerVlans = 2;
constexpr int kMplsLabels = 3;

// The program's words of scratch memory. kHeader is the offset of the current header after kNetwork.
enum Scratch : uint32_t { kType, kHeader, kSourcePort, kDestinationPort, kSum, kSourceHash };

// Writes the program. Between its parts, the accumulator holds the EtherType of the current header.
class Program {
 public:
  explicit Program(const OwnerFunction& owners) : constants_(owners.constants()), workers_(owners.workers()) {}

  std::vector<sock_filter> Make() {
    Add(BPF_LD | BPF_IMM, 0);
    for (const Scratch word : {kHeader, kSourcePort, kDestinationPort}) Add(BPF_ST, word);
    Add(BPF_LD | BPF_W | BPF_ABS, kEtherType);
    for (int i = 0; i < kInnerVlans; ++i) SkipVlan();
    SkipPppoe();
    for (int i = 0; i < kMplsLabels; ++i) SkipMpls();
    const size_t if_not_ipv4 = AddJumpUnless(ETH_P_IP);
    ReturnOwnerInIpv4();
    Land(if_not_ipv4);
    const size_t if_not_ipv6 = AddJumpUnless(ETH_P_IPV6);
    ReturnOwnerInIpv6();
    Land(if_not_ipv6);
    Add(BPF_RET | BPF_K, 0);
    return instructions_;
  }

 private:
  void Add(int code, uint32_t k = 0) { instructions_.push_back({static_cast<uint16_t>(code), 0, 0, k}); }

  // Changes the accumulator by an operation such as BPF_MUL, with a constant or with X.
  void Compute(int operation, uint32_t k) { Add(BPF_ALU | operation | BPF_K, k); }
  void ComputeWithX(int operation) { Add(BPF_ALU | operation | BPF_X); }

  // Adds a jump to the place of Land() that is taken unless the accumulator equals `k`. Returns its number, for Land().
  size_t AddJumpUnless(uint32_t k) {
    Add(BPF_JMP | BPF_JEQ | BPF_K, k);
    return instructions_.size() - 1;
  }
  void Land(size_t jump) { instructions_[jump].jf = static_cast<uint8_t>(instructions_.size() - jump - 1); }

  // Loads `size` bytes (BPF_W, BPF_H or BPF_B) at `offset` of the current header. Changes X.
  void Load(int size, uint32_t offset) {
    Add(BPF_LDX | BPF_MEM, kHeader);
    Add(BPF_LD | size | BPF_IND, kNetwork + offset);
  }

  // Goes on to the header that begins `bytes` after the current one.
  void Advance(uint32_t bytes) {
    Add(BPF_LD | BPF_MEM, kHeader);
    Compute(BPF_ADD, bytes);
    Add(BPF_ST, kHeader);
  }

  // If the accumulator equals `value`, replaces it by the EtherType `type`.
  void Translate(uint32_t value, uint32_t type) {
    const size_t if_other = AddJumpUnless(value);
    Add(BPF_LD | BPF_IMM, type);
    Land(if_other);
  }

  void SkipVlan() {
    Translate(ETH_P_8021AD, ETH_P_8021Q);
    const size_t if_other = AddJumpUnless(ETH_P_8021Q);
    Load(BPF_H, kVlanType);
    Add(BPF_ST, kType);
    Advance(kVlanBytes);
    Add(BPF_LD | BPF_MEM, kType);
    Land(if_other);
  }

  void SkipPppoe() {
    const size_t if_other = AddJumpUnless(ETH_P_PPP_SES);
    Load(BPF_H, kPppoeProtocol);
    Translate(kPppIpv4, ETH_P_IP);
    Translate(kPppIpv6, ETH_P_IPV6);
    Add(BPF_ST, kType);
    Advance(kPppoeBytes);
    Add(BPF_LD | BPF_MEM, kType);
    Land(if_other);
  }

  // After the bottom label, the first four bits of the next header tell whether it is IP.
  void SkipMpls() {
    const size_t if_other = AddJumpUnless(ETH_P_MPLS_UC);
    Load(BPF_B, kMplsBottom);
    Compute(BPF_AND, kMplsBottomBit);
    Add(BPF_ST, kType);
    Advance(kMplsBytes);
    Add(BPF_LD | BPF_MEM, kType);
    Translate(0, ETH_P_MPLS_UC);
    const size_t if_label = AddJumpUnless(kMplsBottomBit);
    Load(BPF_B, 0);
    Compute(BPF_RSH, 4);
    Translate(4, ETH_P_IP);
    Translate(6, ETH_P_IPV6);
    Land(if_label);
    Land(if_other);
  }

  void ReturnOwnerInIpv4() {
    Load(BPF_B, kIpv4Protocol);
    const size_t if_not_tcp = AddJumpUnless(IPPROTO_TCP);
    Load(BPF_H, kIpv4Fragment);
    Compute(BPF_AND, kMoreFragmentsOrOffset);
    const size_t if_fragment = AddJumpUnless(0);
    Load(BPF_B, 0);
    Compute(BPF_AND, 0xf);
    Compute(BPF_LSH, 2);
    ComputeWithX(BPF_ADD);
    Add(BPF_MISC | BPF_TAX);
    StorePorts(kNetwork);
    Land(if_not_tcp);
    Land(if_fragment);
    ReturnOwner({kIpv4Source}, {kIpv4Destination});
  }

  void ReturnOwnerInIpv6() {
    Load(BPF_B, kIpv6NextHeader);
    const size_t if_not_tcp = AddJumpUnless(IPPROTO_TCP);
    StorePorts(kNetwork + kIpv6HeaderBytes);
    Land(if_not_tcp);
    ReturnOwner({kIpv6Source, kIpv6Source + 4, kIpv6Source + 8, kIpv6Source + 12},
                {kIpv6Destination, kIpv6Destination + 4, kIpv6Destination + 8, kIpv6Destination + 12});
  }

  // The TCP header begins at `offset` plus X.
  void StorePorts(uint32_t offset) {
    Add(BPF_LD | BPF_H | BPF_IND, offset);
    Add(BPF_ST, kSourcePort);
    Add(BPF_LD | BPF_H | BPF_IND, offset + 2);
    Add(BPF_ST, kDestinationPort);
  }

  // OwnerFunction::OwnerOf(). The arguments are the offsets of the addresses' words.
  void ReturnOwner(const std::vector<uint32_t>& source, const std::vector<uint32_t>& destination) {
    Hash(source, kSourcePort);
    Add(BPF_ST, kSourceHash);
    Hash(destination, kDestinationPort);
    Add(BPF_LDX | BPF_MEM, kSourceHash);
    ComputeWithX(BPF_ADD);
    Fold();
    Compute(BPF_MUL, constants_.last);
    Compute(BPF_RSH, 16);
    Compute(BPF_MUL, static_cast<uint32_t>(workers_));
    Compute(BPF_RSH, 16);
    Add(BPF_RET | BPF_A);
  }

  // OwnerFunction::HashOf(). An address of IPv4 is the last word of its IpAddress, and the first three words are fixed.
  void Hash(const std::vector<uint32_t>& words, Scratch port) {
    const size_t first = 4 - words.size();
    Add(BPF_LD | BPF_MEM, port);
    Compute(BPF_MUL, constants_.port);
    Compute(BPF_ADD, constants_.start + (first == 0 ? 0 : OwnerFunction::kThirdWordOfIpv4 * constants_.address[2]));
    for (size_t i = 0; i < words.size(); ++i) {
      Add(BPF_ST, kSum);
      Load(BPF_W, words[i]);
      Compute(BPF_MUL, constants_.address[first + i]);
      Add(BPF_LDX | BPF_MEM, kSum);
      ComputeWithX(BPF_ADD);
    }
    Fold();
    Compute(BPF_MUL, constants_.mix);
  }

  void Fold() {
    Add(BPF_MISC | BPF_TAX);
    Compute(BPF_RSH, 15);
    ComputeWithX(BPF_XOR);
  }

  const OwnerFunction::Constants constants_;
  const size_t workers_;
  std::vector<sock_filter> instructions_;
};

}  // namespace

std::vector<sock_filter> OwnerProgram(const OwnerFunction& owners) { return Program(owners).Make(); }

}  // namespace tcpgauge
