// SPDX-License-Identifier: Apache-2.0
#include "src/naming/shared_names.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "src/naming/shared_text.h"

namespace tcpgauge {
namespace {

TEST(SharedNames, EqualNamesAreOneCopy) {
  SharedNames names;
  const SharedText first = names.Get("node-1");
  EXPECT_EQ(first, "node-1");
  EXPECT_TRUE(names.Get("node-1").SharesWith(first));
  EXPECT_TRUE(names.Share(SharedText("node-1")).SharesWith(first));
  EXPECT_NE(names.Get("node-2"), first);
  EXPECT_EQ(names.Get(""), "");
}

TEST(SharedNames, ANewTextStaysTheOnlyCopyOfItsBytes) {
  SharedNames names;
  const SharedText text = "node-1";
  EXPECT_TRUE(names.Share(text).SharesWith(text));
}

TEST(SharedNames, NamesThatComeAndGoTakeNoMoreRoom) {
  SharedNames names;
  const SharedText kept = names.Get("node");
  for (size_t i = 0; i < 10 * SharedNames::kFew; ++i) names.Get("node-" + std::to_string(i));
  EXPECT_LE(names.size(), SharedNames::kFew);
  EXPECT_TRUE(names.Get("node").SharesWith(kept));
}

TEST(SharedNames, NamesThatAreInUseStay) {
  SharedNames names;
  std::vector<SharedText> used;
  for (size_t i = 0; i < 3 * SharedNames::kFew; ++i) used.push_back(names.Get("node-" + std::to_string(i)));
  for (size_t i = 0; i < used.size(); ++i) ASSERT_TRUE(names.Get("node-" + std::to_string(i)).SharesWith(used[i]));
}

}  // namespace
}  // namespace tcpgauge
