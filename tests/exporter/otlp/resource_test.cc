// SPDX-License-Identifier: Apache-2.0
#include "exporter/otlp/resource.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tcpgauge {
namespace {

using testing::ElementsAre;
using testing::Pair;

TEST(AgentResource, SaysWhoWeAre) {
  EXPECT_THAT(AgentResource("1.2", "id7", "node7", {}),
              ElementsAre(Pair("service.name", "tcpgauge"), Pair("service.version", "1.2"),
                          Pair("service.instance.id", "id7"), Pair("host.name", "node7"), Pair("os.type", "linux")));
}

TEST(AgentResource, WhatIsGivenWins) {
  EXPECT_THAT(
      AgentResource("1.2", "id7", "node7", {{"service.instance.id", "me"}, {"k8s.pod.name", "p"}, {"host.name", "h"}}),
      ElementsAre(Pair("service.name", "tcpgauge"), Pair("service.version", "1.2"), Pair("service.instance.id", "me"),
                  Pair("host.name", "h"), Pair("os.type", "linux"), Pair("k8s.pod.name", "p")));
}

TEST(AgentResource, IsUtf8WhateverIsGiven) {
  const KeyValues resource = AgentResource("1.2", "id7", "node7", {{"a\xff", "b\xfe"}});
  EXPECT_THAT(resource.back(), Pair("a\xef\xbf\xbd", "b\xef\xbf\xbd"));
}

}  // namespace
}  // namespace tcpgauge
