// SPDX-License-Identifier: Apache-2.0
#include "src/naming/end_identity.h"

#include <gtest/gtest.h>

#include <string>

#include "absl/hash/hash.h"

namespace tcpgauge {
namespace {

TEST(EndIdentity, IdentitiesThatDifferInOneMemberHaveDifferentHashes) {
  const absl::Hash<EndIdentity> hash;
  for (auto member :
       {&EndIdentity::namespace_name, &EndIdentity::workload, &EndIdentity::workload_kind, &EndIdentity::pod,
        &EndIdentity::container, &EndIdentity::service, &EndIdentity::node, &EndIdentity::zone}) {
    EndIdentity identity;
    identity.*member = "a";
    EXPECT_NE(hash(identity), hash(EndIdentity()));
  }
  EndIdentity guess;
  guess.is_guess = true;
  EXPECT_NE(hash(guess), hash(EndIdentity()));
}

TEST(EndIdentity, TheNameOfTheProcessIsNotPartOfTheIdentity) {
  EndIdentity renamed;
  renamed.comm = "nginx";
  EXPECT_TRUE(renamed == EndIdentity());
  EXPECT_EQ(absl::Hash<EndIdentity>()(renamed), absl::Hash<EndIdentity>()(EndIdentity()));
}

}  // namespace
}  // namespace tcpgauge
