// SPDX-License-Identifier: Apache-2.0
#include "src/naming/identity_map.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "src/naming/end_identity.h"
#include "src/net/endpoint.h"
#include "src/net/ip_address.h"

namespace tcpgauge {
namespace {

IdentityRef Unit(const std::string& name) {
  auto identity = std::make_shared<NumberedIdentity>();
  identity->identity.workload = name;
  return identity;
}

IpAddress Address(const char* text) { return *IpAddress::Parse(text); }

TEST(IdentityMap, AnEndpointStandsAboveItsAddress) {
  IdentityMap map;
  const IpAddress address = Address("10.42.0.7");
  map.addresses[address] = Unit("pod");
  map.endpoints[{address, 80}] = Unit("pod-with-service");
  EXPECT_EQ(map.Find({address, 80})->identity.workload, "pod-with-service");
  EXPECT_EQ(map.Find({address, 81})->identity.workload, "pod");
  EXPECT_EQ(map.Find({Address("10.42.0.8"), 80}), nullptr);
}

TEST(IdentityMap, AWildcardPortCountsOnlyAtSharedAddresses) {
  IdentityMap map;
  map.shared_addresses.insert(Address("192.0.2.1"));
  map.addresses[Address("10.42.0.7")] = Unit("pod");
  map.wildcard_ports[22] = Unit("ssh.service");
  EXPECT_EQ(map.Find({Address("192.0.2.1"), 22})->identity.workload, "ssh.service");
  EXPECT_EQ(map.Find({Address("192.0.2.1"), 23}), nullptr);
  EXPECT_EQ(map.Find({Address("192.0.2.2"), 22}), nullptr) << "the address of another machine";
  EXPECT_EQ(map.Find({Address("10.42.0.7"), 22})->identity.workload, "pod");
}

}  // namespace
}  // namespace tcpgauge
