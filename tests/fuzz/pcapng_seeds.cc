// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/pcapng_seeds.h"

#include <string>

#include "tests/support/frame.h"
#include "tests/support/pcapng_builder.h"

namespace tcpgauge {
namespace {

using Bytes = std::vector<uint8_t>;
using Order = PcapngBuilder::Order;

constexpr uint16_t kEthernet = 1, kRaw = 101, kBluetooth = 201;

Bytes Pcapng(Order first, Order second) {
  const Bytes segment = Frame().Ethernet().Ipv4().Tcp(40000, 80).Payload(3).Bytes();
  PcapngBuilder::InterfaceOptions options;
  options.snaplen = 20;
  options.name = "eth0";
  options.resolution = 9;
  options.offset_seconds = 1000;
  return PcapngBuilder(first)
      .Interface(kEthernet)
      .Interface(kBluetooth)
      .Packet(0, 1700000000000000, segment)
      .Packet(1, 1700000000000000, {1, 2, 3}, 4)
      .Block(5, Bytes(12))
      .SimplePacket(60, segment)
      .Section(second)
      .Interface(kEthernet, options)
      .Interface(kRaw)
      .Block(0x0bad, Bytes(8))
      .Packet(0, 1700000000000000000, segment)
      .ObsoletePacket(1, 1700000000000001, Frame().Ipv4().Tcp(40000, 80).Bytes())
      .SimplePacket(60, Bytes(20))
      .bytes();
}

Bytes Classic(uint32_t magic, bool swapped, uint8_t minor_version) {
  Bytes bytes;
  const auto put = [&bytes, swapped](uint32_t value, size_t size) {
    for (size_t i = 0; i < size; ++i) bytes.push_back(static_cast<uint8_t>(value >> 8 * (swapped ? size - 1 - i : i)));
  };
  put(magic, 4);
  put(2, 2);
  put(minor_version, 2);
  for (const uint32_t word : {0, 0, 40, 1}) put(word, 4);
  const Bytes segment = Frame().Ethernet().Ipv4().Tcp(40000, 80).Bytes();
  const auto size = static_cast<uint32_t>(segment.size());
  for (uint32_t i = 0; i < 2; ++i) {
    for (const uint32_t word : {1700000000 + i, i, size, size}) put(word, 4);
    if (magic == 0xa1b2cd34) bytes.resize(bytes.size() + 8);
    bytes.insert(bytes.end(), segment.begin(), segment.end());
  }
  return bytes;
}

}  // namespace

std::vector<Bytes> PcapngSeeds() {
  std::vector<Bytes> seeds;
  for (const Order first : {Order::kHost, Order::kSwapped}) {
    for (const Order second : {Order::kHost, Order::kSwapped}) seeds.push_back(Pcapng(first, second));
  }
  for (const uint32_t magic : {0xa1b2c3d4, 0xa1b23c4d, 0xa1b2cd34}) {
    for (const bool swapped : {false, true}) {
      for (const uint8_t minor_version : {2, 3, 4}) seeds.push_back(Classic(magic, swapped, minor_version));
    }
  }
  return seeds;
}

}  // namespace tcpgauge
