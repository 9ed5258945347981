// SPDX-License-Identifier: Apache-2.0
#include "src/flow/edge_filter.h"

#include <cstdint>

#include "gtest/gtest.h"

namespace tcpgauge {
namespace {

EdgeKey Key(uint32_t number) {
  const uint8_t wire[4] = {static_cast<uint8_t>(number >> 24), static_cast<uint8_t>(number >> 16),
                           static_cast<uint8_t>(number >> 8), static_cast<uint8_t>(number)};
  return {IpAddress::FromV4(wire), {IpAddress(), 443}};
}

TEST(EdgeFilter, KnowsWhatWasNotedBefore) {
  EdgeFilter filter;
  EXPECT_FALSE(filter.NoteAgain(Key(1)));
  EXPECT_TRUE(filter.NoteAgain(Key(1)));
  EXPECT_FALSE(filter.NoteAgain(Key(2)));
  filter.Forget();
  EXPECT_FALSE(filter.NoteAgain(Key(1)));
}

TEST(EdgeFilter, TakesFewOfAHundredThousandForNotedOnes) {
  EdgeFilter filter;
  int mistaken = 0;
  for (uint32_t number = 0; number < 100000; ++number) mistaken += filter.NoteAgain(Key(number)) ? 1 : 0;
  EXPECT_LT(mistaken, 1000);
  EXPECT_TRUE(filter.NoteAgain(Key(0))) << "so many are all remembered";
}

TEST(EdgeFilter, StaysAsGoodWhenMillionsPass) {
  EdgeFilter filter;
  int mistaken = 0;
  for (uint32_t number = 0; number < 3000000; ++number) mistaken += filter.NoteAgain(Key(number)) ? 1 : 0;
  EXPECT_LT(mistaken, 60000) << "two in a hundred";
}

}  // namespace
}  // namespace tcpgauge
