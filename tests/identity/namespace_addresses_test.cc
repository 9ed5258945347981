// SPDX-License-Identifier: Apache-2.0
#include "src/identity/namespace_addresses.h"

#include <set>
#include <string>

#include "gtest/gtest.h"

namespace tcpgauge {
namespace {

// A pod's, as Linux 6.1 writes it.
constexpr char kFibTrie[] = R"(Main:
  +-- 0.0.0.0/0 3 0 5
     |-- 0.0.0.0
        /0 universe UNICAST
     +-- 10.42.0.0/24 2 0 2
        +-- 10.42.0.0/29 2 0 2
           |-- 10.42.0.0
              /24 link UNICAST
           |-- 10.42.0.7
              /32 host LOCAL
        |-- 10.42.0.255
           /32 link BROADCAST
     +-- 127.0.0.0/8 2 0 2
        +-- 127.0.0.0/31 1 0 0
           |-- 127.0.0.0
              /8 host LOCAL
           |-- 127.0.0.1
              /32 host LOCAL
        |-- 127.255.255.255
           /32 link BROADCAST
     |-- 169.254.1.1
        /32 host LOCAL
Local:
     |-- 10.42.0.7
        /32 host LOCAL
     |-- 192.0.2.9
        /32 link UNICAST
)";

std::set<std::string> V4(const std::string& text) {
  std::vector<IpAddress> addresses;
  AppendAddressesOfFibTrie(text, &addresses);
  std::set<std::string> texts;
  for (const IpAddress& address : addresses) texts.insert(address.ToString());
  return texts;
}

std::set<std::string> V6(const std::string& text) {
  std::vector<IpAddress> addresses;
  AppendAddressesOfIfInet6(text, &addresses);
  std::set<std::string> texts;
  for (const IpAddress& address : addresses) texts.insert(address.ToString());
  return texts;
}

TEST(AppendAddressesOfFibTrie, TakesTheOwnAddresses) {
  EXPECT_EQ(V4(kFibTrie), std::set<std::string>{"10.42.0.7"});
  EXPECT_EQ(V4("     |-- 172.17.0.2\n        /32 host LOCAL\n     |-- 10.1.2.3\n        /32 host LOCAL"),
            (std::set<std::string>{"10.1.2.3", "172.17.0.2"}));
}

TEST(AppendAddressesOfFibTrie, TakesAnAddressWithSeveralRoutes) {
  EXPECT_EQ(V4("  |-- 10.42.0.7\n     /24 link UNICAST\n     /32 host LOCAL\n"), std::set<std::string>{"10.42.0.7"});
}

TEST(AppendAddressesOfFibTrie, TakesNoRoutesForAddresses) {
  EXPECT_EQ(V4(""), std::set<std::string>{});
  EXPECT_EQ(V4("/32 host LOCAL\n"), std::set<std::string>{});
  EXPECT_EQ(V4("  |-- 10.42.0.7\n  |-- ten\n     /32 host LOCAL\n"), std::set<std::string>{});
  EXPECT_EQ(V4("  |-- 10.42.0.7\n     /32 host LO"), std::set<std::string>{}) << "a file that was cut";
}

TEST(AppendAddressesOfIfInet6, TakesTheOwnAddresses) {
  EXPECT_EQ(V6("00000000000000000000000000000001 01 80 10 80       lo\n"
               "fe800000000000000042acfffe110002 02 40 20 80     eth0\n"
               "fd000042000000000000000000000007 02 40 00 80     eth0\n"
               "20010db8000000000000000000000001 03 40 00 80     eth1\n"),
            (std::set<std::string>{"2001:db8::1", "fd00:42::7"}));
}

TEST(AppendAddressesOfIfInet6, LeavesOutTheLoopbackInterface) {
  EXPECT_EQ(V6("20010db8000000000000000000000001 01 80 00 80       lo\n"
               "20010db8000000000000000000000002 01 40 00 80  renamed\n"
               "20010db8000000000000000000000003 01 80 00 80       lo\n"
               "20010db8000000000000000000000101 0a 40 00 80     eth0\n"
               "20010db8000000000000000000000102 101 40 00 80    eth1\n"),
            (std::set<std::string>{"2001:db8::101", "2001:db8::102"}));
}

TEST(AppendAddressesOfIfInet6, LeavesOutOtherLines) {
  EXPECT_EQ(V6("\nfd00\nfd0000420000000000000000000000zz 02 40 00 80 eth0\n"), std::set<std::string>{});
}

}  // namespace
}  // namespace tcpgauge
