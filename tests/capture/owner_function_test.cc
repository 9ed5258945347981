// SPDX-License-Identifier: Apache-2.0
#include "src/capture/owner_function.h"

#include <functional>
#include <vector>

#include "gtest/gtest.h"
#include "tests/support/segment.h"

namespace tcpgauge {
namespace {

constexpr uint32_t kConnections = 8000;

Endpoint Ipv4(uint32_t address, uint16_t port) {
  const uint8_t bytes[] = {static_cast<uint8_t>(address >> 24), static_cast<uint8_t>(address >> 16),
                           static_cast<uint8_t>(address >> 8), static_cast<uint8_t>(address)};
  return {IpAddress::FromV4(bytes), port};
}

// An address of which one byte counts, at `place`.
Endpoint Ipv6(size_t place, uint8_t value, uint16_t port) {
  uint8_t bytes[16] = {0x20, 0x01, 0x0d, 0xb8};
  bytes[place] = value;
  return {IpAddress::FromV6(bytes), port};
}

TEST(OwnerFunction, IsTheSameInBothDirectionsAndWithEqualSeeds) {
  const OwnerFunction owners(7, 13);
  for (uint16_t port = 1; port < 1000; ++port) {
    for (const Endpoint& server : {At("192.0.2.1:443"), At("[2001:db8::1]:443"), At("10.0.0.1:1")}) {
      const Endpoint client = {At("10.0.0.1:0").address, port};
      const size_t owner = owners.OwnerOf(client, server);
      EXPECT_LT(owner, 13u);
      EXPECT_EQ(owners.OwnerOf(server, client), owner);
      EXPECT_EQ(OwnerFunction(7, 13).OwnerOf(client, server), owner);
    }
  }
}

TEST(OwnerFunction, HasOneOwnerForASingleWorker) {
  const OwnerFunction owners(7, 1);
  for (uint16_t port = 1; port < 100; ++port)
    EXPECT_EQ(owners.OwnerOf({At("10.0.0.1:0").address, port}, At("[::1]:2")), 0u);
}

TEST(OwnerFunction, DependsOnTheSeed) {
  size_t equal = 0;
  for (uint16_t port = 0; port < 1000; ++port) {
    const Endpoint client = {At("10.0.0.1:0").address, port};
    const Endpoint server = At("10.0.0.2:80");
    equal += OwnerFunction(1, 4).OwnerOf(client, server) == OwnerFunction(2, 4).OwnerOf(client, server) ? 1 : 0;
  }
  EXPECT_GT(equal, 150u);
  EXPECT_LT(equal, 350u);
}

// Somebody who does not know the seed chooses connections that are alike for a linear hash.
TEST(OwnerFunction, SpreadsConnectionsEvenlyHoweverTheyWereChosen) {
  using Make = std::function<std::pair<Endpoint, Endpoint>(uint32_t)>;
  const std::vector<std::pair<const char*, Make>> kChoices = {
      {"ports of a client", [](uint32_t i) { return std::pair(Ipv4(0x0a000001, 32768 + i), Ipv4(0xc0a80001, 443)); }},
      {"clients", [](uint32_t i) { return std::pair(Ipv4(0x0a000000 + i, 40000), Ipv4(0xc0a80001, 443)); }},
      {"clients of networks", [](uint32_t i) { return std::pair(Ipv4(i << 19, 40000), Ipv4(0xc0a80001, 443)); }},
      {"equal sum of ports", [](uint32_t i) { return std::pair(Ipv4(1, 20000 + i), Ipv4(2, 20000 - i)); }},
      {"equal xor of ports", [](uint32_t i) { return std::pair(Ipv4(1, i), Ipv4(2, 0x5555 ^ i)); }},
      {"equal sum of addresses",
       [](uint32_t i) { return std::pair(Ipv4(0x0a000000 + i, 1), Ipv4(0x0b000000 - i, 1)); }},
      {"equal xor of addresses", [](uint32_t i) { return std::pair(Ipv4(i, 1), Ipv4(0x12345678 ^ i, 1)); }},
      {"address and port", [](uint32_t i) { return std::pair(Ipv4(0x0a000000 + i, 20000 - i), Ipv4(2, 80)); }},
      {"both addresses alike", [](uint32_t i) { return std::pair(Ipv4(i << 8, 1), Ipv4(i << 8, 2)); }},
      {"bytes of IPv6",
       [](uint32_t i) { return std::pair(Ipv6(4 + i % 12, i / 12 % 256, 5), Ipv6(15, 1, 443 + i / 3072)); }},
  };
  for (const size_t workers : {2u, 4u, 7u}) {
    for (const auto& [name, make] : kChoices) {
      // With one seed, a choice may happen to be uneven.
      std::vector<size_t> connections(workers);
      for (uint64_t seed = 1; seed <= 10; ++seed) {
        const OwnerFunction owners(seed * 0x123456789abcdef, workers);
        std::vector<size_t> of_seed(workers);
        for (uint32_t i = 0; i < kConnections; ++i) {
          const auto [a, b] = make(i);
          ++of_seed[owners.OwnerOf(a, b)];
        }
        for (size_t i = 0; i < workers; ++i) {
          EXPECT_LT(of_seed[i], kConnections * 3 / 2 / workers) << name << ", seed " << seed;
          connections[i] += of_seed[i];
        }
      }
      for (const size_t count : connections) {
        EXPECT_NEAR(static_cast<double>(count), 10.0 * kConnections / workers, 1.0 * kConnections / workers) << name;
      }
    }
  }
}

TEST(OwnerFunction, GivesTheDatagramsBetweenTwoAddressesToOneWorker) {
  const OwnerFunction owners(3, 5);
  const IpAddress a = At("192.0.2.1:0").address;
  std::vector<size_t> count(5);
  for (uint32_t i = 0; i < 1000; ++i) {
    const IpAddress b = Ipv4(i * 77, 0).address;
    EXPECT_EQ(owners.OwnerOfDatagrams(a, b), owners.OwnerOfDatagrams(b, a));
    ++count[owners.OwnerOfDatagrams(a, b)];
  }
  for (const size_t each : count) EXPECT_GT(each, 100u);
}

}  // namespace
}  // namespace tcpgauge
