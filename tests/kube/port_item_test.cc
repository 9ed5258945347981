// SPDX-License-Identifier: Apache-2.0
#include "src/kube/port_item.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <optional>
#include <string_view>

#include "src/json/json_scalar.h"

namespace tcpgauge {
namespace {

TEST(PortItem, IsOfTcpUnlessItSaysOtherwise) {
  PortItem item;
  item.TakeNumber(JsonScalar(uint64_t{80}));
  EXPECT_EQ(item.End(), 80);
  item.TakeNumber(JsonScalar(uint64_t{65535}));
  item.TakeProtocol(JsonScalar(std::string_view("TCP")));
  EXPECT_EQ(item.End(), 65535);
  item.TakeNumber(JsonScalar(uint64_t{53}));
  item.TakeProtocol(JsonScalar(std::string_view("UDP")));
  EXPECT_EQ(item.End(), std::nullopt);
}

TEST(PortItem, ANumberThatIsNoPortIsNone) {
  PortItem item;
  EXPECT_EQ(item.End(), std::nullopt) << "it never came";
  for (const uint64_t number : {uint64_t{0}, uint64_t{65536}, UINT64_MAX}) {
    item.TakeNumber(JsonScalar(number));
    EXPECT_EQ(item.End(), std::nullopt) << number;
  }
}

TEST(PortItem, KeepsNothingForTheNextItem) {
  PortItem item;
  item.TakeNumber(JsonScalar(uint64_t{80}));
  item.TakeProtocol(JsonScalar(std::string_view("SCTP")));
  item.End();
  EXPECT_EQ(item.End(), std::nullopt);
  item.TakeNumber(JsonScalar(uint64_t{81}));
  EXPECT_EQ(item.End(), 81);
}

}  // namespace
}  // namespace tcpgauge
