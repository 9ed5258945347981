// SPDX-License-Identifier: Apache-2.0
#include "exporter/http/client_address.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/un.h>

#include <string>

namespace tcpgauge {
namespace {

std::string Of(const std::string& text) {
  sockaddr_storage peer = {};
  if (inet_pton(AF_INET, text.c_str(), &reinterpret_cast<sockaddr_in*>(&peer)->sin_addr) == 1) {
    peer.ss_family = AF_INET;
  } else {
    EXPECT_EQ(inet_pton(AF_INET6, text.c_str(), &reinterpret_cast<sockaddr_in6*>(&peer)->sin6_addr), 1);
    peer.ss_family = AF_INET6;
  }
  return ClientAddress(peer);
}

TEST(ClientAddress, TellsIPv4AddressesApart) {
  EXPECT_NE(Of("192.0.2.1"), Of("192.0.2.2"));
  EXPECT_EQ(Of("192.0.2.1"), Of("192.0.2.1"));
}

TEST(ClientAddress, KnowsAnIPv4AddressThatIsMappedIntoIPv6) { EXPECT_EQ(Of("::ffff:192.0.2.1"), Of("192.0.2.1")); }

TEST(ClientAddress, TakesAllAddressesOfOnePrefixForOneClient) {
  EXPECT_EQ(Of("2001:db8::1"), Of("2001:db8:0:0:ffff::2"));
  EXPECT_NE(Of("2001:db8::1"), Of("2001:db8:0:1::1"));
  EXPECT_NE(Of("::1"), Of("192.0.2.1"));
}

TEST(ClientAddress, TakesAllClientsOfUnixSocketsForOne) {
  sockaddr_storage peer = {};
  peer.ss_family = AF_UNIX;
  EXPECT_EQ(ClientAddress(peer), "unix");
}

}  // namespace
}  // namespace tcpgauge
