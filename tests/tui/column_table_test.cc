// SPDX-License-Identifier: Apache-2.0
#include "tui/column_table.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace tcpgauge {
namespace {

TEST(ColumnTable, EveryOrderButThatOfAppearanceHasOneColumnThatSaysSo) {
  for (const auto& table : {OwnColumns(), TcptrackColumns()}) {
    for (int i = 0; i < static_cast<int>(ConnectionSort::kCount); ++i) {
      const auto sort = static_cast<ConnectionSort>(i);
      const auto columns =
          std::count_if(table.begin(), table.end(), [sort](const Column& column) { return column.sort == sort; });
      EXPECT_EQ(columns, sort == ConnectionSort::kStart ? 0 : 1) << ConnectionSortName(sort);
    }
  }
  EXPECT_EQ(ColumnSortedBy(ConnectionSort::kStart), nullptr);
  for (int i = 1; i < static_cast<int>(ConnectionSort::kCount); ++i) {
    const auto sort = static_cast<ConnectionSort>(i);
    EXPECT_EQ(ColumnSortedBy(sort)->sort, sort);
    EXPECT_FALSE(ColumnSortedBy(sort)->sort_text.empty()) << ConnectionSortName(sort);
  }
}

TEST(ColumnTable, ATitleFitsItsColumn) {
  const size_t longest_averaging = sizeof(" life") - 1;
  for (const auto& table : {OwnColumns(), TcptrackColumns()}) {
    for (const Column& column : table) {
      EXPECT_GT(column.width, 0) << column.title;
      EXPECT_LE(column.title.size(), static_cast<size_t>(column.width)) << column.title;
      if (column.average_title.empty()) continue;
      EXPECT_LE(column.average_title.size() + longest_averaging, static_cast<size_t>(column.width)) << column.title;
    }
  }
}

TEST(ColumnTable, AColumnGrowsAloneInItsWay) {
  for (const auto& table : {OwnColumns(), TcptrackColumns()}) {
    for (const Growth growth :
         {Growth::kClient, Growth::kServer, Growth::kClientName, Growth::kServerName, Growth::kRest}) {
      EXPECT_EQ(
          std::count_if(table.begin(), table.end(), [growth](const Column& column) { return column.growth == growth; }),
          1);
    }
  }
}

TEST(ColumnTable, NumbersAreRightAligned) {
  for (const auto& table : {OwnColumns(), TcptrackColumns()}) {
    for (const Column& column : table) {
      EXPECT_TRUE(column.total == nullptr || column.align == Align::kRight) << column.title;
    }
  }
}

}  // namespace
}  // namespace tcpgauge
