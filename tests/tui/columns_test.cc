// SPDX-License-Identifier: Apache-2.0
#include "tui/columns.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

namespace tcpgauge {
namespace {

std::string Titles(const std::vector<PlacedColumn>& columns) {
  std::string titles;
  for (const PlacedColumn& placed : columns) {
    titles += std::string(placed.column->title) + "@" + std::to_string(placed.left) + " ";
  }
  return titles;
}

std::vector<PlacedColumn> LayOutTcptrack(int columns, const EndpointWidths& wanted) {
  return LayOutColumns(TcptrackColumns(), columns, wanted);
}

TEST(Columns, StandWhereTcptrackHasThemAt80) {
  EXPECT_EQ(Titles(LayOutTcptrack(80, {21, 21})), "Client@1 Server@23 State@45 Idle@58 A@63 Speed@65 ");
}

TEST(Columns, HideByPriority) {
  EXPECT_EQ(Titles(LayOutTcptrack(40, {21, 21})), "Client@1 Server@16 Speed@30 ");
  EXPECT_EQ(Titles(LayOutTcptrack(25, {21, 21})), "Server@1 Speed@15 ");
}

// Of two screens, the wider one shows the columns of the narrower one and perhaps more.
TEST(Columns, NoneIsShownInPlaceOfAMoreImportantOne) {
  std::set<std::string> narrower;
  for (int columns = 25; columns <= 300; ++columns) {
    std::set<std::string> wider;
    for (const PlacedColumn& placed : LayOutTcptrack(columns, {21, 21, 30, 30})) wider.emplace(placed.column->title);
    EXPECT_TRUE(std::includes(wider.begin(), wider.end(), narrower.begin(), narrower.end())) << columns;
    narrower = wider;
  }
  for (int columns = 65; columns <= 67; ++columns) {
    EXPECT_EQ(Titles(LayOutTcptrack(columns, {21, 21})), "Client@1 Server@23 Speed@45 ") << columns;
  }
}

TEST(Columns, MoreFollowInMoreRoom) {
  EXPECT_EQ(Titles(LayOutTcptrack(120, {21, 21})),
            "Client@1 Server@23 State@45 Idle@58 A@63 Speed@65 Up@75 Down@85 Total@95 RTT@103 Retr@110 ");
  EXPECT_EQ(Titles(LayOutTcptrack(122, {21, 21})), Titles(LayOutTcptrack(120, {21, 21})));
  EXPECT_EQ(Titles(LayOutTcptrack(123, {21, 21})),
            "Client@1 Server@23 State@45 Idle@58 A@63 Speed@65 Up@75 Down@85 Total@95 RTT@103 Resp@110 Retr@117 ");
  const std::vector<PlacedColumn> wide = LayOutTcptrack(200, {21, 21});
  EXPECT_EQ(wide.back().column->title, "History");
  EXPECT_EQ(wide.back().left, 129) << "after Loss";
  EXPECT_EQ(wide.back().width, 60);
  EXPECT_EQ(LayOutTcptrack(150, {21, 21}).back().width, 20);
}

TEST(Columns, NamesFollowWhereThereIsRoomForAllOtherNumbers) {
  const EndpointWidths named = {21, 21, 30, 30};
  EXPECT_EQ(Titles(LayOutTcptrack(80, named)), "Client@1 Server@23 State@45 Idle@58 A@63 Speed@65 ");
  EXPECT_EQ(Titles(LayOutTcptrack(135, named)), Titles(LayOutTcptrack(123, {21, 21})));
  EXPECT_EQ(LayOutTcptrack(136, named)[1].column->title, "Client name");
  EXPECT_EQ(LayOutTcptrack(148, named)[3].column->title, "State");
  const std::vector<PlacedColumn> both = LayOutTcptrack(149, named);
  EXPECT_EQ(both[1].column->title, "Client name");
  EXPECT_EQ(both[3].column->title, "Server name");
  EXPECT_EQ(both[3].width, 12);
  EXPECT_EQ(both.back().column->title, "Retr") << "the history comes later";
}

TEST(Columns, NamesGetTheRoomTheyNeedBeforeTheHistory) {
  const std::vector<PlacedColumn> short_of_room = LayOutTcptrack(167, {21, 21, 30, 30});
  EXPECT_EQ(short_of_room[1].width, 21);
  EXPECT_EQ(short_of_room[3].width, 21);
  const std::vector<PlacedColumn> wide = LayOutTcptrack(213, {21, 21, 40, 25});
  EXPECT_EQ(wide[1].width, 40);
  EXPECT_EQ(wide[3].width, 25);
  EXPECT_EQ(wide.back().column->title, "History");
  EXPECT_EQ(wide.back().width, 16);
}

TEST(Columns, WhereAllNamesOfASideAreUnknownTheirColumnIsLeftOut) {
  EXPECT_EQ(Titles(LayOutTcptrack(200, {21, 21, 0, 0})), Titles(LayOutTcptrack(200, {21, 21})));
  const std::vector<PlacedColumn> servers = LayOutTcptrack(200, {21, 21, 0, 5});
  EXPECT_EQ(servers[1].column->title, "Server");
  EXPECT_EQ(servers[2].column->title, "Server name");
  EXPECT_EQ(servers[2].width, 12) << "no narrower than its title";
}

TEST(Columns, NeverReachBeyondTheScreen) {
  for (int columns = 25; columns <= 300; ++columns) {
    const int least_own = 31;  // of the columns that are always shown
    if (columns >= least_own) {
      const PlacedColumn last = LayOutColumns(OwnColumns(), columns, {47, 47, 9, 60}).back();
      EXPECT_LE(last.left + last.width, columns) << columns;
    }
    for (const EndpointWidths& wanted : {EndpointWidths{0, 0}, EndpointWidths{21, 21}, EndpointWidths{47, 47},
                                         EndpointWidths{21, 21, 9, 60}, EndpointWidths{47, 47, 507, 507}}) {
      const PlacedColumn last = LayOutTcptrack(columns, wanted).back();
      EXPECT_LE(last.left + last.width, columns) << columns;
    }
  }
}

TEST(Columns, OwnOnesTellBothDirectionsLossAndResponseAt80) {
  EXPECT_EQ(Titles(LayOutColumns(OwnColumns(), 80, {21, 21})),
            "Client@1 Server@23 Up/s@45 Down/s@53 Loss@61 Resp@67 State@74 ");
  EXPECT_EQ(Titles(LayOutColumns(OwnColumns(), 40, {21, 21})), "Server@1 Up/s@23 Down/s@31 ");
  EXPECT_EQ(
      Titles(LayOutColumns(OwnColumns(), 120, {21, 21})),
      "Client@1 Server@23 Up/s@45 Down/s@53 Both/s@61 Loss@69 Resp@75 RTT@82 State@89 Total@101 Idle@109 Retr@114 ");
}

TEST(Columns, TheStateIsSpeltOutWhereThereIsRoomForMoreNumbers) {
  int state = 0;
  for (int columns = 80; columns <= 130; ++columns) {
    for (const PlacedColumn& placed : LayOutColumns(OwnColumns(), columns, {21, 21})) {
      if (placed.column->title != "State") continue;
      EXPECT_GE(placed.width, state);
      state = placed.width;
    }
  }
  EXPECT_EQ(state, 11);
}

TEST(Columns, Ipv6GetsTheRoomItNeeds) {
  const std::vector<PlacedColumn> columns = LayOutTcptrack(200, {47, 30});
  EXPECT_EQ(columns[0].width, 47);
  EXPECT_EQ(columns[1].width, 30);
}

}  // namespace
}  // namespace tcpgauge
