// SPDX-License-Identifier: Apache-2.0
// Nanoseconds per decoded packet, with packets and results in the processor's cache: the best of several rounds.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <vector>

#include "src/decode/decoder.h"
#include "src/decode/link_type.h"
#include "tests/support/frame.h"

namespace tcpgauge {
namespace {

// Decodes as a worker does: a batch of packets, some with options or payload, each into its own place.
void Measure(const char* name, LinkType link_type, const Frame& headers) {
  constexpr int kBatch = 64;
  constexpr int kRounds = 20;
  constexpr int kBatchesPerRound = 20000;
  std::vector<std::vector<uint8_t>> packets;
  for (int i = 0; i < kBatch; ++i) {
    Frame frame = headers;
    frame.Tcp(static_cast<uint16_t>(40000 + i), 443);
    if (i % 3 != 0) frame.Timestamps(1, 2);
    packets.push_back(frame.Payload(i % 2 == 0 ? 100 : 0).Bytes());
  }
  std::vector<DecodedPacket> decoded(kBatch);
  double best = 1e9;
  for (int round = 0; round < kRounds; ++round) {
    const auto start = std::chrono::steady_clock::now();
    for (int batch = 0; batch < kBatchesPerRound; ++batch) {
      for (int i = 0; i < kBatch; ++i) {
        DecodePacket(link_type, packets[i], static_cast<uint32_t>(packets[i].size()), &decoded[i]);
      }
    }
    const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - start;
    best = std::min(best, took.count() / (double{kBatch} * kBatchesPerRound));
  }
  std::printf("%-28s %5.1f ns\n", name, best);
}

int Main() {
  Measure("Ethernet IPv4", LinkType::kEthernet, Frame().Ethernet().Ipv4());
  Measure("Ethernet IPv6", LinkType::kEthernet, Frame().Ethernet().Ipv6());
  Measure("Ethernet VLAN IPv4", LinkType::kEthernet, Frame().Ethernet().Vlan(7).Ipv4());
  Measure("Linux cooked v2 IPv4", LinkType::kLinuxSll2, Frame().LinuxSll2(1).Ipv4());
  Measure("Ethernet VXLAN Ethernet IPv4", LinkType::kEthernet, Frame().Ethernet().Ipv4().Vxlan(1).Ethernet().Ipv4());
  return 0;
}

}  // namespace
}  // namespace tcpgauge

int main() { return tcpgauge::Main(); }
