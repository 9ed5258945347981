// SPDX-License-Identifier: Apache-2.0
#include "src/base/split_mix.h"

#include "gtest/gtest.h"

namespace tcpgauge {
namespace {

// From the reference implementation.
TEST(SplitMix, GivesThePublishedWords) {
  SplitMix words(1234567);
  EXPECT_EQ(words.Next(), 6457827717110365317u);
  EXPECT_EQ(words.Next(), 3203168211198807973u);
  EXPECT_EQ(words.Next(), 9817491932198370423u);
  EXPECT_NE(SplitMix(1).Next(), SplitMix(2).Next());
}

}  // namespace
}  // namespace tcpgauge
