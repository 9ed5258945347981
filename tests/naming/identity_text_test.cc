// SPDX-License-Identifier: Apache-2.0
#include "src/naming/identity_text.h"

#include <gtest/gtest.h>

namespace tcpgauge {
namespace {

TEST(IdentityText, APodIsShownWithItsNamespace) {
  EndIdentity identity;
  identity.namespace_name = "shop";
  identity.workload = "web";
  identity.container = "nginx";
  identity.service = "front";
  identity.pod = "web-5d4f-x2x4z";
  EXPECT_EQ(ShownName(identity), "shop/web-5d4f-x2x4z");
}

TEST(IdentityText, TheFirstNameThatIsKnownIsShown) {
  EndIdentity identity;
  identity.namespace_name = "shop";
  EXPECT_EQ(ShownName(identity), "");
  identity.service = "front";
  EXPECT_EQ(ShownName(identity), "shop/front");
  identity.container = "nginx";
  EXPECT_EQ(ShownName(identity), "shop/nginx");
  identity.workload = "web";
  EXPECT_EQ(ShownName(identity), "shop/web");
}

TEST(IdentityText, AUnitIsShownAlone) {
  EndIdentity identity;
  identity.workload = "nginx.service";
  identity.workload_kind = "unit";
  EXPECT_EQ(ShownName(identity), "nginx.service");
}

TEST(IdentityText, NodeZoneAndProcessAreNoName) {
  EndIdentity identity;
  identity.node = "node7";
  identity.zone = "zone-a";
  identity.comm = "nginx";
  EXPECT_EQ(ShownName(identity), "");
}

TEST(IdentityText, AKindThatIsAGuessSaysSo) {
  EndIdentity identity;
  EXPECT_EQ(WorkloadKindText(identity), "");
  identity.is_guess = true;
  EXPECT_EQ(WorkloadKindText(identity), "");
  identity.workload_kind = "ReplicaSet";
  EXPECT_EQ(WorkloadKindText(identity), "ReplicaSet(guess)");
  identity.is_guess = false;
  EXPECT_EQ(WorkloadKindText(identity), "ReplicaSet");
}

}  // namespace
}  // namespace tcpgauge
