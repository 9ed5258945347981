// SPDX-License-Identifier: Apache-2.0
#include "src/net/ip_network.h"

#include "gtest/gtest.h"

namespace tcpgauge {
namespace {

IpAddress Address(const char* text) { return *IpAddress::Parse(text); }

TEST(IpNetwork, ParsesNetworksOfBothFamiliesAndAddresses) {
  EXPECT_EQ(IpNetwork::Parse("10.0.0.0/8"), (IpNetwork{Address("10.0.0.0"), 8}));
  EXPECT_EQ(IpNetwork::Parse("2001:db8::/32"), (IpNetwork{Address("2001:db8::"), 32}));
  EXPECT_EQ(IpNetwork::Parse("0.0.0.0/0"), (IpNetwork{Address("0.0.0.0"), 0}));
  EXPECT_EQ(IpNetwork::Parse("192.0.2.1"), (IpNetwork{Address("192.0.2.1"), 32}));
  EXPECT_EQ(IpNetwork::Parse("::1"), (IpNetwork{Address("::1"), 128}));
}

TEST(IpNetwork, RefusesOtherTexts) {
  for (const char* text : {"", "/8", "10.0.0.0/", "10.0.0.0/33", "::/129", "10.0.0.0/-1", "10.0.0.0/+8", "10.0.0.0/ 8",
                           "10.0.0.0/8/8", "10/8", "host/8", "10.0.0.0/99999999999"}) {
    EXPECT_EQ(IpNetwork::Parse(text), std::nullopt) << text;
  }
}

TEST(IpNetwork, ContainsTheAddressesOfItsFamilyThatShareThePrefix) {
  const IpNetwork v4 = *IpNetwork::Parse("172.16.0.0/12");
  EXPECT_TRUE(v4.Contains(Address("172.31.255.255")));
  EXPECT_FALSE(v4.Contains(Address("172.32.0.0")));
  const IpNetwork v6 = *IpNetwork::Parse("fe80::/10");
  EXPECT_TRUE(v6.Contains(Address("febf::1")));
  EXPECT_FALSE(v6.Contains(Address("fec0::1")));
  EXPECT_FALSE(IpNetwork::Parse("::/0")->Contains(Address("10.0.0.1"))) << "IPv4 is another family";
  EXPECT_TRUE(IpNetwork::Parse("0.0.0.0/0")->Contains(Address("10.0.0.1")));
}

TEST(IpNetwork, MaskedHasZerosBehindThePrefix) {
  EXPECT_EQ(IpNetwork::Parse("10.1.2.3/8")->Masked().ToString(), "10.0.0.0/8");
  EXPECT_EQ(IpNetwork::Parse("2001:db8:1::5/32")->Masked().ToString(), "2001:db8::/32");
}

TEST(IpNetwork, LocalNetworksHoldWhatIsNotOfTheInternet) {
  const auto is_local = [](const char* text) {
    for (const IpNetwork& network : LocalNetworks()) {
      if (network.Contains(Address(text))) return true;
    }
    return false;
  };
  for (const char* local : {"10.255.0.1", "172.20.0.1", "192.168.1.1", "100.127.0.1", "127.0.0.53", "169.254.169.254",
                            "::1", "fd12::1", "fe80::1"}) {
    EXPECT_TRUE(is_local(local)) << local;
  }
  for (const char* global : {"9.9.9.9", "172.32.0.1", "100.128.0.1", "198.51.100.7", "::2", "2001:db8::1"}) {
    EXPECT_FALSE(is_local(global)) << global;
  }
}

}  // namespace
}  // namespace tcpgauge
