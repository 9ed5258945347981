// SPDX-License-Identifier: Apache-2.0
#include "src/naming/shared_text.h"

#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/hash/hash.h"
#include "gtest/gtest.h"

namespace tcpgauge {
namespace {

TEST(SharedText, CopiesShareTheirBytes) {
  const SharedText text = "checkout-5d4f8c7b9-x2x4z";
  // NOLINTNEXTLINE(performance-unnecessary-copy-initialization): the copy is what is tested
  const SharedText copy = text;
  EXPECT_EQ(copy.view().data(), text.view().data());
  EXPECT_TRUE(copy.SharesWith(text));
  EXPECT_FALSE(SharedText(text.view()).SharesWith(text));
}

TEST(SharedText, EqualTextsAreEqualWhereverTheirBytesAre) {
  const SharedText text = "web";
  EXPECT_EQ(text, SharedText(std::string_view("web")));
  EXPECT_EQ(text, "web");
  EXPECT_EQ(text, std::string("web"));
  EXPECT_NE(text, "we");
  EXPECT_NE(text, SharedText());
  EXPECT_EQ(absl::Hash<SharedText>()(text), absl::Hash<SharedText>()(SharedText(std::string_view("web"))));
}

TEST(SharedText, AnEmptyTextTakesNoMemory) {
  EXPECT_TRUE(SharedText().empty());
  EXPECT_TRUE(SharedText(std::string_view()).SharesWith(SharedText()));
  EXPECT_EQ(SharedText().view(), "");
  EXPECT_EQ(sizeof(SharedText), sizeof(void*));
}

TEST(SharedText, MayHoldAnyBytes) {
  const std::string bytes("\0\xff\n", 3);
  EXPECT_EQ(SharedText(bytes), bytes);
  EXPECT_EQ(SharedText(bytes).size(), 3u);
}

TEST(SharedText, OutlivesTheTextThatItIsACopyOf) {
  SharedText kept;
  {
    const SharedText text = "web";
    kept = text;
    EXPECT_FALSE(kept.is_only_copy());
  }
  EXPECT_TRUE(kept.is_only_copy());
  EXPECT_EQ(kept, "web");
}

TEST(SharedText, CanBeReplacedByItself) {
  SharedText text = "web";
  const SharedText& same = text;
  text = same;
  EXPECT_EQ(text, "web");
}

TEST(SharedText, AMovedTextLeavesNoCopyBehind) {
  SharedText text = "web";
  const SharedText moved = std::move(text);
  EXPECT_EQ(moved, "web");
  EXPECT_TRUE(moved.is_only_copy());
}

TEST(SharedText, ThreadsMayCopyAndDestroyIt) {
  SharedText text = "checkout-5d4f8c7b9-x2x4z";
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([text] {
      for (int j = 0; j < 10000; ++j) {
        const SharedText copy = text;
        ASSERT_EQ(copy.size(), 24u);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  threads.clear();
  EXPECT_TRUE(text.is_only_copy());
}

}  // namespace
}  // namespace tcpgauge
