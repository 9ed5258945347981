// SPDX-License-Identifier: Apache-2.0
#include "tui/endpoint_text.h"

#include <gtest/gtest.h>

#include "tests/tui/known_names.h"
#include "tests/tui/scripted_traffic.h"
#include "tui/text.h"

namespace tcpgauge {
namespace {

TEST(EndpointText, IsWholeWhereItFits) {
  EXPECT_EQ(EndpointText(EndpointOf("192.168.100.200", 51234), nullptr, 21, Keep::kPort, "…"), "192.168.100.200:51234");
  EXPECT_EQ(EndpointText(EndpointOf("2001:db8::1", 443), nullptr, 17, Keep::kPort, "…"), "[2001:db8::1]:443");
}

TEST(EndpointText, AClientLosesItsPortFirst) {
  EXPECT_EQ(EndpointText(EndpointOf("192.168.100.200", 51234), nullptr, 20, Keep::kAddress, "…"), "192.168.100.200");
  EXPECT_EQ(EndpointText(EndpointOf("192.168.100.200", 51234), nullptr, 13, Keep::kAddress, "…"), "192.16…00.200");
}

TEST(EndpointText, AServerKeepsItsPort) {
  EXPECT_EQ(EndpointText(EndpointOf("192.168.100.200", 443), nullptr, 13, Keep::kPort, "…"), "192.….200:443");
  EXPECT_EQ(EndpointText(EndpointOf("2001:db8:85a3::8a2e:370:7334", 443), nullptr, 21, Keep::kPort, "…"),
            "[2001:db…70:7334]:443");
}

TEST(EndpointText, NeverTakesMoreThanItsColumns) {
  const Endpoint endpoints[] = {EndpointOf("1.2.3.4", 5), EndpointOf("255.255.255.255", 65535),
                                EndpointOf("2001:db8:1111:2222:3333:4444:5555:6666", 65535)};
  for (const Endpoint& endpoint : endpoints) {
    for (int columns = 0; columns < 60; ++columns) {
      for (const Keep keep : {Keep::kPort, Keep::kAddress}) {
        EXPECT_LE(ColumnsOf(EndpointText(endpoint, nullptr, columns, keep, "…")), columns) << endpoint.ToString();
        EXPECT_LE(ColumnsOf(EndpointText(endpoint, nullptr, columns, keep, "..")), columns) << endpoint.ToString();
      }
    }
  }
}

KnownNames TwoNames() {
  KnownNames names;
  names.AddHost("2001:db8::1", "www.frontend.example.org");
  names.AddService(443, "https");
  return names;
}

TEST(EndpointText, NamesTakeThePlaceOfNumbersWhereTheyAreKnown) {
  KnownNames names = TwoNames();
  EXPECT_EQ(EndpointText(EndpointOf("2001:db8::1", 443), &names), "www.frontend.example.org:https");
  EXPECT_EQ(EndpointText(EndpointOf("2001:db8::2", 443), &names), "[2001:db8::2]:https");
  EXPECT_EQ(EndpointText(EndpointOf("192.0.2.1", 80), &names), "192.0.2.1:80");
}

TEST(EndpointText, ANameLosesItsEnd) {
  KnownNames names = TwoNames();
  EXPECT_EQ(EndpointText(EndpointOf("2001:db8::1", 443), &names, 21, Keep::kPort, "…"), "www.frontend.e…:https");
  EXPECT_EQ(EndpointText(EndpointOf("2001:db8::1", 50000), &names, 13, Keep::kAddress, ".."), "www.fronten..");
}

}  // namespace
}  // namespace tcpgauge
