// SPDX-License-Identifier: Apache-2.0
#include "src/decode/link_type.h"

#include <pcap/pcap.h>

#include "gtest/gtest.h"

namespace tcpgauge {
namespace {

TEST(LinkType, AgreesWithLibpcapsNumbers) {
  EXPECT_EQ(LinkTypeOf(DLT_NULL), LinkType::kNull);
  EXPECT_EQ(LinkTypeOf(DLT_LOOP), LinkType::kLoop);
  EXPECT_EQ(LinkTypeOf(DLT_EN10MB), LinkType::kEthernet);
  for (int type : {DLT_RAW, 101, DLT_IPV4, DLT_IPV6}) EXPECT_EQ(LinkTypeOf(type), LinkType::kRawIp);
  for (int type : {DLT_PPP, DLT_PPP_SERIAL, DLT_PPP_PPPD}) EXPECT_EQ(LinkTypeOf(type), LinkType::kPpp);
  EXPECT_EQ(LinkTypeOf(DLT_PPP_ETHER), LinkType::kPppoe);
  EXPECT_EQ(LinkTypeOf(DLT_C_HDLC), LinkType::kCiscoHdlc);
  EXPECT_EQ(LinkTypeOf(DLT_MPLS), LinkType::kMpls);
  EXPECT_EQ(LinkTypeOf(DLT_LINUX_SLL), LinkType::kLinuxSll);
  EXPECT_EQ(LinkTypeOf(DLT_LINUX_SLL2), LinkType::kLinuxSll2);
  EXPECT_EQ(LinkTypeOf(DLT_NFLOG), LinkType::kNflog);
  EXPECT_EQ(LinkTypeOf(DLT_IEEE802_11), LinkType::k80211);
  EXPECT_EQ(LinkTypeOf(DLT_IEEE802_11_RADIO), LinkType::kRadiotap);
  EXPECT_EQ(LinkTypeOf(DLT_IPOIB), LinkType::kIpOverInfiniband);
}

TEST(LinkType, KnowsNoOthers) {
  EXPECT_EQ(LinkTypeOf(DLT_BLUETOOTH_HCI_H4), std::nullopt);
  EXPECT_EQ(LinkTypeOf(-1), std::nullopt);
}

}  // namespace
}  // namespace tcpgauge
