// SPDX-License-Identifier: Apache-2.0
#include "tui/column_table.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace tcpgauge {
namespace {

TEST(ColumnTable, EveryOrderButThatOfAppearanceHasOneColumnThatSaysSo) {
  for (int i = 0; i < static_cast<int>(ConnectionSort::kCount); ++i) {
    const auto sort = static_cast<ConnectionSort>(i);
    const auto columns = std::count_if(AllColumns().begin(), AllColumns().end(),
                                       [sort](const Column& column) { return column.sort == sort; });
    if (sort == ConnectionSort::kStart) {
      EXPECT_EQ(columns, 0);
      EXPECT_EQ(ColumnSortedBy(sort), nullptr);
    } else {
      EXPECT_EQ(columns, 1) << ConnectionSortName(sort);
      EXPECT_EQ(ColumnSortedBy(sort)->sort, sort);
      EXPECT_FALSE(ColumnSortedBy(sort)->sort_text.empty()) << ConnectionSortName(sort);
    }
  }
}

TEST(ColumnTable, ATitleFitsItsColumn) {
  for (const Column& column : AllColumns()) {
    EXPECT_GT(column.width, 0) << column.title;
    EXPECT_LE(column.title.size(), static_cast<size_t>(column.width)) << column.title;
    EXPECT_LE(column.average_title.size(), static_cast<size_t>(column.width)) << column.title;
  }
}

TEST(ColumnTable, AColumnGrowsAloneInItsWay) {
  for (const Growth growth :
       {Growth::kClient, Growth::kServer, Growth::kClientName, Growth::kServerName, Growth::kRest}) {
    EXPECT_EQ(std::count_if(AllColumns().begin(), AllColumns().end(),
                            [growth](const Column& column) { return column.growth == growth; }),
              1);
  }
}

}  // namespace
}  // namespace tcpgauge
