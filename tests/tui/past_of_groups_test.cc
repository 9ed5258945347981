// SPDX-License-Identifier: Apache-2.0
// The lists of groups begin with what the agent remembers of the time before anybody looked.

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "src/snapshot/history.h"
#include "tests/tui/known_names.h"
#include "tests/tui/office_edges.h"
#include "tests/tui/text_screen.h"
#include "tui/top_app.h"

namespace tcpgauge {
namespace {

// The office, of which the agent remembers two minutes, and one look at it.
class PastOfGroups : public testing::Test {
 protected:
  PastOfGroups() {
    Remember(kNow - 120, kNow + 1, &history_);
    hub_.Publish(OfficeEdges(kNow));
  }
  // Records what the office did in these seconds. The failing service is the one at 203.0.113.9.
  static void Remember(int64_t first, int64_t last, History* history) {
    for (int64_t second = first; second <= last; ++second) {
      const std::shared_ptr<Snapshot> office = OfficeEdges(second);
      HistorySample sample;
      sample.time_ns = office->time_ns;
      for (size_t i = 0; i < office->edges.exported.size(); ++i) {
        const EdgeView& edge = office->edges.exported[i];
        sample.edges.push_back(
            {{edge.key, edge.client, edge.server}, HistoryCountsOf(office->edge_changes.exported[i])});
      }
      history->Record(sample);
    }
  }
  // Returns the first row of the services, those that fail most first.
  std::string MostFailing(const History* history, const std::string& keys) {
    TextScreen screen(12, 80);
    TopApp app(&hub_, &screen, &names_, {}, nullptr, "", history);
    screen.Type(keys);
    EXPECT_TRUE(app.Step());
    return screen.LineText(1);
  }

  static constexpr int64_t kNow = 200;
  History history_{300, HistoryView::kMaxSeconds};
  SnapshotHub hub_;
  KnownNames names_;
};

TEST_F(PastOfGroups, FailuresOfTheLastMinuteAreThereAtOnce) {
  EXPECT_NE(MostFailing(nullptr, "gs").find("    2 "), std::string::npos) << "without a history: of a second";
  const std::string row = MostFailing(&history_, "gs");
  EXPECT_NE(row.find("203.0.113.9:8080"), std::string::npos) << row;
  EXPECT_NE(row.find("  120 "), std::string::npos) << row << ": two a second";
}

TEST_F(PastOfGroups, EachGroupingBeginsWithThePast) {
  for (const char* keys : {"ggs", "gggs", "gs/203"}) {
    const std::string row = MostFailing(&history_, keys);
    EXPECT_NE(row.find("  120 "), std::string::npos) << keys << ": " << row;
  }
}

TEST_F(PastOfGroups, AFilterChoosesThePastToo) {
  EXPECT_EQ(MostFailing(&history_, "gs/22\n").find("  120 "), std::string::npos);
}

TEST_F(PastOfGroups, AnAttachedViewTakesItWhenTheFirstEdgesCome) {
  const auto without_edges = std::make_shared<Snapshot>(*OfficeEdges(kNow));
  without_edges->edges = EdgesView();
  without_edges->edge_changes = EdgeChanges();
  without_edges->has_edges = false;
  hub_.Publish(without_edges);
  History past(300, HistoryView::kMaxSeconds);
  Remember(kNow - 1000, kNow - 900, &past);  // from when groups were shown before
  TextScreen screen(12, 80);
  TopApp app(&hub_, &screen, &names_, {}, nullptr, "", &past);
  screen.Type("gs");
  EXPECT_TRUE(app.Step());
  past.BeginAnew(OfficeEdges(kNow - 60)->time_ns);
  Remember(kNow - 59, kNow + 1, &past);
  hub_.Publish(OfficeEdges(kNow + 1));
  EXPECT_TRUE(app.Step());
  const std::string row = screen.LineText(1);
  EXPECT_NE(row.find("203.0.113.9:8080"), std::string::npos) << row;
  EXPECT_NE(row.find("  120 "), std::string::npos) << row;
}

TEST_F(PastOfGroups, ATimeInWhichNobodyLookedIsTakenFromThePast) {
  TextScreen screen(12, 80);
  TopApp app(&hub_, &screen, &names_, {}, nullptr, "", &history_);
  screen.Type("gsp");  // pauses
  EXPECT_TRUE(app.Step());
  Remember(kNow + 2, kNow + 30, &history_);
  hub_.Publish(OfficeEdges(kNow + 30));
  EXPECT_TRUE(app.Step());
  screen.Type("p");
  EXPECT_TRUE(app.Step());
  const std::string row = screen.LineText(1);
  EXPECT_NE(row.find("203.0.113.9:8080"), std::string::npos) << row;
  EXPECT_NE(row.find("  120 "), std::string::npos) << row << ": the last second does not stand for thirty";
}

}  // namespace
}  // namespace tcpgauge
