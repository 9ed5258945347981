// SPDX-License-Identifier: Apache-2.0
#include "src/kube/shared_names.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace tcpgauge {
namespace {

TEST(SharedNames, EqualNamesAreOneCopy) {
  SharedNames names;
  const SharedNames::Name first = names.Get("node-1");
  EXPECT_EQ(*first, "node-1");
  EXPECT_EQ(names.Get("node-1"), first);
  EXPECT_NE(names.Get("node-2"), first);
  EXPECT_EQ(*names.Get(""), "");
}

TEST(SharedNames, NamesThatComeAndGoTakeNoMoreRoom) {
  SharedNames names;
  const SharedNames::Name kept = names.Get("node");
  for (size_t i = 0; i < 10 * SharedNames::kFew; ++i) names.Get("node-" + std::to_string(i));
  EXPECT_LE(names.size(), SharedNames::kFew);
  EXPECT_EQ(names.Get("node"), kept);
}

TEST(SharedNames, NamesThatAreInUseStay) {
  SharedNames names;
  std::vector<SharedNames::Name> used;
  for (size_t i = 0; i < 3 * SharedNames::kFew; ++i) used.push_back(names.Get("node-" + std::to_string(i)));
  for (size_t i = 0; i < used.size(); ++i) ASSERT_EQ(names.Get("node-" + std::to_string(i)), used[i]);
}

}  // namespace
}  // namespace tcpgauge
