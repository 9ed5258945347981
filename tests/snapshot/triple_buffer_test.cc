// SPDX-License-Identifier: Apache-2.0
#include "src/snapshot/triple_buffer.h"

#include "gtest/gtest.h"

namespace tcpgauge {
namespace {

TEST(TripleBuffer, HandsOverTheLatestValueOnce) {
  TripleBuffer<int> buffer;
  EXPECT_FALSE(buffer.TakeLatest());
  buffer.back() = 1;
  EXPECT_FALSE(buffer.TakeLatest()) << "not published";
  buffer.Publish();
  buffer.back() = 2;
  buffer.Publish();
  ASSERT_TRUE(buffer.TakeLatest());
  EXPECT_EQ(buffer.front(), 2);
  EXPECT_FALSE(buffer.TakeLatest());
  EXPECT_EQ(buffer.front(), 2);
}

TEST(TripleBuffer, TheWriterNeverTouchesWhatIsRead) {
  TripleBuffer<int> buffer;
  buffer.back() = 1;
  buffer.Publish();
  ASSERT_TRUE(buffer.TakeLatest());
  for (int i = 2; i < 10; ++i) {
    buffer.back() = i;
    EXPECT_EQ(buffer.front(), 1);
    buffer.Publish();
    EXPECT_EQ(buffer.front(), 1);
  }
  ASSERT_TRUE(buffer.TakeLatest());
  EXPECT_EQ(buffer.front(), 9);
}

}  // namespace
}  // namespace tcpgauge
