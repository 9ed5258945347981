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
  // Records what the office did in the seconds before OfficeEdges(kNow). The failing service is the one at 203.0.113.9.
  PastOfGroups() {
    for (int64_t second = kNow - 120; second <= kNow + 1; ++second) {
      const std::shared_ptr<Snapshot> office = OfficeEdges(second);
      sample_.time_ns = office->time_ns;
      sample_.edges.clear();
      for (size_t i = 0; i < office->edges.exported.size(); ++i) {
        const EdgeView& edge = office->edges.exported[i];
        sample_.edges.push_back(
            {{edge.key, edge.client, edge.server}, HistoryCountsOf(office->edge_changes.exported[i])});
      }
      history_.Record(sample_);
    }
    hub_.Publish(OfficeEdges(kNow));
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
  HistorySample sample_;
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

}  // namespace
}  // namespace tcpgauge
