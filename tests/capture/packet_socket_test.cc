// SPDX-License-Identifier: Apache-2.0
#include "src/capture/packet_socket.h"

#include <gtest/gtest.h>
#include <net/if_arp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "src/decode/link_type.h"

namespace tcpgauge {
namespace {

TEST(DatalinkOfRawSocket, IsOneThatCanBeDecoded) {
  for (const int type : {ARPHRD_ETHER, ARPHRD_LOOPBACK}) {
    const auto datalink = DatalinkOfRawSocket(type);
    ASSERT_TRUE(datalink.has_value()) << type;
    EXPECT_EQ(LinkTypeOf(*datalink), LinkType::kEthernet) << type;
  }
  for (const int type : {ARPHRD_NONE, ARPHRD_TUNNEL, ARPHRD_TUNNEL6, ARPHRD_SIT, ARPHRD_IPGRE}) {
    const auto datalink = DatalinkOfRawSocket(type);
    ASSERT_TRUE(datalink.has_value()) << type;
    EXPECT_EQ(LinkTypeOf(*datalink), LinkType::kRawIp) << type;
  }
}

TEST(DatalinkOfRawSocket, IsNoneWhereTheLibraryOpensAnotherSocket) {
  for (const int type : {ARPHRD_PPP, ARPHRD_IEEE80211_RADIOTAP, ARPHRD_CAN, 12345}) {
    EXPECT_FALSE(DatalinkOfRawSocket(type).has_value()) << type;
  }
}

TEST(BindPacketSocket, SaysWhyItCannot) {
  const int other = socket(AF_UNIX, SOCK_DGRAM, 0);
  EXPECT_FALSE(BindPacketSocket(other, 1, false).ok());
  EXPECT_EQ(BindPacketSocket(-1, 1, false).code(), absl::StatusCode::kUnavailable);
  close(other);
}

}  // namespace
}  // namespace tcpgauge
