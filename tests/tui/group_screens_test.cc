// SPDX-License-Identifier: Apache-2.0
// The lists of groups: compares whole screens with the files in tests/golden/tui (see golden_screens_test.cc), and
// checks what the keys do there.

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tests/tui/expect_golden.h"
#include "tests/tui/known_names.h"
#include "tests/tui/office_edges.h"
#include "tests/tui/text_screen.h"
#include "tui/top_app.h"

namespace tcpgauge {
namespace {

constexpr const char* kNouns[] = {"services", "clients", "pairs", "workloads", "interfaces"};

// Shows the groups of the office.
class GroupScreens : public testing::Test {
 protected:
  // Presses `g` so often, and looks for twelve seconds.
  void Open(int rows, int columns, int groupings, bool utf8 = true) {
    hub_ = std::make_unique<SnapshotHub>();
    screen_ = std::make_unique<TextScreen>(rows, columns, utf8);
    app_ = std::make_unique<TopApp>(hub_.get(), screen_.get(), &names_);
    hub_->Publish(OfficeEdges(0));
    ASSERT_TRUE(app_->Step());
    Type(std::string(static_cast<size_t>(groupings), 'g'));
    for (second_ = 1; second_ < 12; ++second_) Publish(OfficeEdges(second_));
  }
  void Publish(std::shared_ptr<const Snapshot> snapshot) {
    hub_->Publish(std::move(snapshot));
    ASSERT_TRUE(app_->Step());
  }
  void Type(std::string_view keys) {
    screen_->Type(keys);
    ASSERT_TRUE(app_->Step());
  }
  void Press(Key key) {
    screen_->Press(key);
    ASSERT_TRUE(app_->Step());
  }
  bool Shows(std::string_view text) const { return screen_->Text().find(text) != std::string::npos; }
  std::string Top() const { return screen_->LineText(1); }
  bool IsTop(std::string_view name) const { return Top().substr(1, name.size()) == name; }

  std::unique_ptr<SnapshotHub> hub_;
  KnownNames names_;
  std::unique_ptr<TextScreen> screen_;
  std::unique_ptr<TopApp> app_;
  int64_t second_ = 0;
};

TEST_F(GroupScreens, EachGroupAtEveryWidth) {
  for (int groupings = 1; groupings <= 5; ++groupings) {
    for (const int columns : {80, 120, 200}) {
      Open(12, columns, groupings);
      ExpectGolden(std::string(kNouns[groupings - 1]) + "_" + std::to_string(columns), screen_->Text());
    }
  }
}

TEST_F(GroupScreens, OnlyTroubleIsRed) {
  Open(12, 80, 1);
  ExpectGolden("services_80_styled", screen_->StyledText());
  Open(12, 80, 1, /*utf8=*/false);
  for (const char c : screen_->Text()) ASSERT_GE(c, 0);
}

TEST_F(GroupScreens, GStepsThroughTheGroupsAndBackToTheConnections) {
  Open(12, 80, 0);
  for (const char* title : {"Service", "Client ", "Client           Server", "Workload", "Interface", "Client "}) {
    Type("g");
    EXPECT_EQ(screen_->LineText(0).substr(1, std::string(title).size()), title);
  }
  EXPECT_TRUE(Shows("Connections 1-3 of 3"));
}

TEST_F(GroupScreens, WithoutNamesThereAreNoWorkloads) {
  Open(12, 80, 0);
  auto nameless = std::make_shared<Snapshot>(*OfficeEdges(20));
  nameless->identities = {nullptr};
  Publish(nameless);
  Type("gggg");
  EXPECT_TRUE(Shows("Interfaces"));
}

TEST_F(GroupScreens, SStepsThroughTheOrdersThatAnswerTheFirstQuestions) {
  Open(12, 80, 1);
  EXPECT_TRUE(Shows("Sorted by rate"));
  EXPECT_TRUE(IsTop("198.51.100.17:443")) << "who fills the link";
  Type("s");
  EXPECT_TRUE(Shows("Sorted by failing"));
  EXPECT_TRUE(IsTop("203.0.113.9:8080")) << "what fails";
  Type("s");
  EXPECT_TRUE(Shows("Sorted by response"));
  EXPECT_TRUE(IsTop("203.0.113.200:5432")) << "what is slow";
  Type("s");
  EXPECT_TRUE(Shows("Sorted by rate"));
}

TEST_F(GroupScreens, AnglesStepThroughAllOrdersAndSReverses) {
  Open(12, 80, 1);
  Type("<");
  EXPECT_TRUE(Shows("Sorted by name"));
  EXPECT_TRUE(IsTop("192.168.100.1:22"));
  Type("S");
  EXPECT_FALSE(IsTop("192.168.100.1:22"));
  EXPECT_TRUE(Shows("reversed"));
  Type("S>>>>");
  EXPECT_TRUE(Shows("Sorted by open"));
  EXPECT_TRUE(IsTop("203.0.113.200:5432"));
  Type(">");
  EXPECT_TRUE(IsTop("[2001:db8::53]:443")) << "up";
  Type(">");
  EXPECT_TRUE(IsTop("198.51.100.17:443")) << "down";
  Type(">");
  EXPECT_TRUE(IsTop("[2001:db8::53]:443")) << "loss";
}

TEST_F(GroupScreens, FailuresAreThoseOfTheLastMinute) {
  Open(12, 80, 1);
  Type("s");
  EXPECT_NE(Top().find("   24 "), std::string::npos) << Top() << ": two in each of twelve seconds";
  for (int i = 0; i < 100; ++i) Publish(OfficeEdges(second_++));
  EXPECT_NE(Top().find("  120 "), std::string::npos) << Top();
  for (int i = 0; i < 59; ++i) {
    auto calm = OfficeEdges(second_++);
    calm->edge_changes.exported[3].connections_refused = 0;
    Publish(calm);
  }
  EXPECT_NE(Top().find("   2 "), std::string::npos) << Top();
}

TEST_F(GroupScreens, EnterShowsTheConnectionsOfAGroupAndEscapeReturns) {
  Open(12, 80, 2);
  Type("j");
  EXPECT_TRUE(screen_->frame()[1].marked());
  const std::string client = Top().substr(1, 15);
  EXPECT_EQ(client, "192.168.100.200");
  Press(Key::kEnter);
  EXPECT_TRUE(Shows("Connections 1-3 of 3"));
  EXPECT_TRUE(Shows("/client:192.168.100.200"));
  Press(Key::kEscape);
  EXPECT_TRUE(Shows("Clients 1-"));
  EXPECT_FALSE(Shows("/client:"));
  EXPECT_TRUE(screen_->frame()[1].marked()) << "the group that was opened";
}

TEST_F(GroupScreens, AFilterChoosesTheEdgesThatAreGrouped) {
  Open(12, 80, 1);
  Type("/client:192.168.100.9");
  Press(Key::kEnter);
  EXPECT_TRUE(Shows("Services 1-1 of 1"));
  EXPECT_TRUE(IsTop("203.0.113.9:8080"));
  Press(Key::kEscape);
  Type("/workload:web");
  EXPECT_TRUE(Shows("Services 1-1 of 1")) << screen_->Text();
  EXPECT_TRUE(IsTop("198.51.100.17:443"));
  Press(Key::kEscape);
  EXPECT_TRUE(Shows("(other)"));
}

TEST_F(GroupScreens, OfInterfacesAFilterOrAnOlderAgentLeavesOpenConnectionsAlone) {
  Open(12, 80, 5);
  EXPECT_TRUE(IsTop("eth0"));
  EXPECT_NE(Top().find(" 35   24 "), std::string::npos) << Top() << ": open and failed";
  EXPECT_NE(screen_->LineText(2).find("  3.0%  "), std::string::npos) << screen_->LineText(2);
  Type("/interface:eth0");
  EXPECT_NE(Top().find(" 2    - "), std::string::npos) << Top();
  EXPECT_EQ(Top().find('%'), std::string::npos) << Top() << ": no loss is better than a wrong one";
  Press(Key::kEscape);
  auto older = std::make_shared<Snapshot>(*OfficeEdges(second_++));
  older->has_interface_accounts = false;
  older->edge_changes.interfaces.clear();
  Publish(older);
  EXPECT_NE(Top().find(" 2    - "), std::string::npos) << Top();
}

TEST_F(GroupScreens, WhatBelongsToNoGroupIsLastAndHasNoConnections) {
  Open(12, 80, 1);
  EXPECT_EQ(screen_->LineText(6).substr(1, 7), "(other)");
  for (int i = 0; i < 6; ++i) Type("j");
  Press(Key::kEnter);
  EXPECT_TRUE(Shows("Services 1-6 of 6"));
}

TEST_F(GroupScreens, PausedGroupsStay) {
  Open(12, 80, 1);
  Type("p");
  const std::string before = screen_->Text();
  auto later = OfficeEdges(second_);
  later->edges.exported.clear();
  later->edge_changes.exported.clear();
  Publish(later);
  EXPECT_EQ(screen_->Text(), before);
  Type("p");
  EXPECT_FALSE(Shows("203.0.113.9"));
}

// The column of names in the rows of a list of two groups.
std::vector<std::string> NamesIn(const TextScreen& screen) {
  return {screen.LineText(1).substr(1, 5), screen.LineText(2).substr(1, 5)};
}

TEST_F(GroupScreens, PausedInterfacesKeepTheirNamesWhateverComesOrGoes) {
  const std::vector<std::string> before = {"eth0 ", "wlan0"};
  for (const bool is_forgotten : {true, false}) {
    Open(12, 80, 5);
    Type("<");  // by name
    ASSERT_EQ(NamesIn(*screen_), before);
    Type("p");
    auto later = OfficeEdges(second_++);
    auto& interfaces = later->interfaces;
    if (is_forgotten) {
      interfaces.erase(interfaces.begin());
      for (ConnectionSummary& connection : later->connections) connection.interface = 0;
    } else {
      interfaces.insert(interfaces.begin(), interfaces[0]);
      interfaces[0].name = "a-long-name-of-a-tunnel";
      for (ConnectionSummary& connection : later->connections) ++connection.interface;
    }
    Publish(later);
    EXPECT_EQ(NamesIn(*screen_), before);
    Type("F");
    EXPECT_EQ(screen_->LineText(4), "tcpdump -n -i eth0 'tcp'");
    Press(Key::kEscape);
    Type("p");
    EXPECT_NE(NamesIn(*screen_), before);
  }
}

TEST_F(GroupScreens, PausedGroupsOfAnAgentThatStartsAgainKeepTheirPrefixesAndEnds) {
  Open(12, 80, 2);
  Type("<p");
  const std::string before = Top();
  auto later = OfficeEdges(second_++);
  later->edges.v4_prefix_bits = 24;
  later->edges.exported.clear();
  later->edge_changes.exported.clear();
  Publish(later);
  EXPECT_EQ(Top(), before);
  Type("F");
  EXPECT_EQ(screen_->LineText(2).find("net "), std::string::npos) << screen_->LineText(2);

  Open(12, 80, 4);
  Type("p");
  Type("F");
  const std::string filter = screen_->LineText(2);
  Press(Key::kEscape);
  Publish(later);
  Type("F");
  EXPECT_EQ(screen_->LineText(2), filter) << "the addresses of the workload";
}

TEST_F(GroupScreens, InterfacesAreSortedByNameWhateverTheirOrderInTheSnapshot) {
  Open(12, 80, 5);
  auto swapped = OfficeEdges(second_++);
  std::swap(swapped->interfaces[0].name, swapped->interfaces[1].name);
  for (ConnectionSummary& connection : swapped->connections) connection.client_sent = connection.server_sent = {};
  Type("<");
  Publish(swapped);
  EXPECT_EQ(NamesIn(*screen_), (std::vector<std::string>{"eth0 ", "wlan0"}));
  Type("S");
  EXPECT_EQ(NamesIn(*screen_), (std::vector<std::string>{"wlan0", "eth0 "})) << "reversed";
  Type("S>>");
  EXPECT_TRUE(Shows("Sorted by failing"));
  EXPECT_EQ(NamesIn(*screen_), (std::vector<std::string>{"eth0 ", "wlan0"})) << "the order of equal rows";
}

TEST_F(GroupScreens, OHoldsTheOrder) {
  Open(12, 80, 1);
  Type("o");
  auto later = OfficeEdges(second_++);
  later->edge_changes.exported[3].client_payload_bytes = 1000000000;
  Publish(later);
  EXPECT_TRUE(IsTop("198.51.100.17:443"));
  Type("o");
  EXPECT_TRUE(IsTop("203.0.113.9:8080"));
}

TEST_F(GroupScreens, AAveragesRates) {
  Open(12, 80, 1);
  Type("aaa");
  EXPECT_TRUE(Shows("Up 40s"));
  EXPECT_NE(Top().find("4.0 MB"), std::string::npos) << Top() << ": the mean of twelve seconds";
  Type("a");
  EXPECT_TRUE(Shows("Dn life"));
}

TEST_F(GroupScreens, ShiftFShowsAPcapFilterOfTheGroup) {
  constexpr const char* kFilters[] = {"tcp and host 198.51.100.17 and port 443", "tcp and host 192.168.100.200",
                                      "tcp and host 192.168.100.200 and host 198.51.100.17",
                                      "tcp and host 198.51.100.17 and port 443", "tcp"};
  for (int groupings = 1; groupings <= 5; ++groupings) {
    Open(12, 80, groupings);
    Type("F");
    EXPECT_EQ(screen_->LineText(2), kFilters[groupings - 1]);
  }
  EXPECT_EQ(screen_->LineText(4), "tcpdump -n -i eth0 'tcp'");
}

TEST_F(GroupScreens, AnOlderAgentHasNoGroupsAndALineSaysSo) {
  Open(12, 80, 1);
  auto older = std::make_shared<Snapshot>(*OfficeEdges(second_++));
  older->edges = EdgesView();
  older->edge_changes = EdgeChanges();
  older->edges_trouble = "This agent is older\x1b[31m";
  Publish(older);
  EXPECT_EQ(screen_->LineText(1), " This agent is older?[31m");
}

TEST_F(GroupScreens, NShowsNamesAndBShowsBits) {
  names_.AddHost("198.51.100.17", "www.example");
  names_.AddService(443, "https");
  Open(12, 80, 1);
  Type("nb");
  EXPECT_TRUE(IsTop("www.example:https"));
  EXPECT_NE(Top().find(" Mb"), std::string::npos);
}

}  // namespace
}  // namespace tcpgauge
