// SPDX-License-Identifier: Apache-2.0
#include "src/snapshot/view_ranges.h"

#include <gtest/gtest.h>

namespace tcpgauge {
namespace {

class ViewRangesTest : public testing::Test {
 protected:
  // Stores `count` views whose clients have the ports `port`, `port` + 1 and so on.
  ViewRange Store(size_t count, uint16_t port) {
    std::vector<ConnectionView> views(count);
    for (size_t i = 0; i < count; ++i) views[i].client.port = static_cast<uint16_t>(port + i);
    return ranges_.Store(views, &list_);
  }
  std::vector<int> Ports(const ViewRange& range) const {
    std::vector<int> ports;
    for (size_t i = 0; i < range.count; ++i) ports.push_back(list_.at(range.first + i).client.port);
    return ports;
  }

  ViewRanges ranges_{10};
  std::vector<ConnectionView> list_;
};

TEST_F(ViewRangesTest, EachRangeHoldsTheViewsThatWereStored) {
  const ViewRange two = Store(2, 20), three = Store(3, 30), four = Store(4, 40);
  EXPECT_EQ(Ports(two), (std::vector<int>{20, 21}));
  EXPECT_EQ(Ports(three), (std::vector<int>{30, 31, 32}));
  EXPECT_EQ(Ports(four), (std::vector<int>{40, 41, 42, 43}));
  EXPECT_EQ(list_.size(), 9u);
}

TEST_F(ViewRangesTest, NoViewsTakeNoRoom) {
  EXPECT_EQ(Store(0, 0).count, 0u);
  EXPECT_TRUE(list_.empty());
}

TEST_F(ViewRangesTest, AFullListStoresNoMore) {
  Store(8, 80);
  EXPECT_EQ(Store(3, 30).count, 0u) << "one too many";
  EXPECT_EQ(Store(2, 20).count, 2u);
  EXPECT_EQ(Store(2, 22).count, 0u);
  EXPECT_EQ(list_.size(), 10u);
}

TEST_F(ViewRangesTest, ARangeThatWasGivenBackServesAnotherRowWithAsManyViews) {
  const ViewRange kept = Store(5, 50), given_back = Store(3, 30);
  Store(2, 20);
  ranges_.GiveBack(given_back);
  ranges_.GiveBack({});
  EXPECT_EQ(Store(2, 22).count, 0u);
  const ViewRange again = Store(3, 33);
  EXPECT_EQ(again.first, given_back.first);
  EXPECT_EQ(Ports(again), (std::vector<int>{33, 34, 35}));
  EXPECT_EQ(Ports(kept), (std::vector<int>{50, 51, 52, 53, 54}));
  EXPECT_EQ(Store(3, 36).count, 0u) << "it serves only one";
}

TEST_F(ViewRangesTest, RowsThatChangeForEverDoNotFillTheList) {
  Store(4, 40);
  ViewRange row = Store(2, 1);
  for (uint16_t i = 0; i < 1000; ++i) {
    ranges_.GiveBack(row);
    row = Store(2 + i % 2, i);
    ASSERT_EQ(Ports(row).at(1), i + 1);
  }
  EXPECT_LE(list_.size(), 10u);
}

TEST_F(ViewRangesTest, AConnectionHasAtMostEightViews) {
  const ViewRange range = Store(9, 90);
  EXPECT_EQ(Ports(range), (std::vector<int>{90, 91, 92, 93, 94, 95, 96, 97}));
}

TEST_F(ViewRangesTest, AClearedListStartsAnewInTheSameMemory) {
  ranges_.Clear(&list_);
  const ConnectionView* const memory = list_.data();
  ranges_.GiveBack(Store(5, 50));
  ranges_.Clear(&list_);
  EXPECT_TRUE(list_.empty());
  EXPECT_EQ(Store(5, 51).first, 0u);
  EXPECT_EQ(Store(5, 56).first, 5u) << "what was given back before is forgotten";
  EXPECT_EQ(list_.data(), memory);
}

}  // namespace
}  // namespace tcpgauge
