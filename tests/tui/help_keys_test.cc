// SPDX-License-Identifier: Apache-2.0
// Checks on the screen that every key in the help does what the help says.
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <set>
#include <sstream>
#include <string>

#include "tests/support/example_identities.h"
#include "tests/tui/known_names.h"
#include "tests/tui/scripted_traffic.h"
#include "tests/tui/tcptrack_settings.h"
#include "tests/tui/text_screen.h"
#include "tui/top_app.h"

namespace tcpgauge {
namespace {

constexpr int kRows = 9;  // room for six connections
constexpr size_t kConnections = 20;

// Twenty connections with the client ports 1 to 20, in this order. The first has the highest rate, and the last carried
// the most bytes. Only the clients send.
std::shared_ptr<Snapshot> Twenty(uint64_t sequence) {
  auto snapshot = std::make_shared<Snapshot>();
  snapshot->sequence = sequence;
  snapshot->time_ns = kScriptStartNs + static_cast<int64_t>(sequence) * kNanosecondsPerSecond;
  snapshot->identities = {nullptr, ExamplePod(), ExampleUnit()};
  for (uint16_t i = 1; i <= kConnections; ++i) {
    ConnectionSummary view =
        ScriptedConnection(i, EndpointOf("10.0.0.1", i), EndpointOf("10.0.0.2", 80), 1000.0 * (21 - i));
    view.client_sent.payload_bytes = 100000u * i;
    view.last_packet_time_ns = snapshot->time_ns - i % 7 * kNanosecondsPerSecond;
    view.client_identity = i <= 4 ? 1 : 0;
    view.server_identity = i <= 3 ? 2 : 0;
    snapshot->connections.push_back(view);
  }
  return snapshot;
}

class HelpKeysTest : public testing::Test {
 protected:
  HelpKeysTest() {
    hub_.Publish(Twenty(1));
    names_.AddHost("10.0.0.2", "www.example");
    names_.AddService(80, "http");
    app_.Step();
  }

  void Type(const std::string& keys) {
    screen_.Type(keys);
    app_.Step();
  }
  void Press(Key key) {
    screen_.Press(key);
    app_.Step();
  }
  void Publish(std::shared_ptr<Snapshot> snapshot) {
    hub_.Publish(std::move(snapshot));
    app_.Step();
  }
  std::string Top() const { return screen_.LineText(1); }
  std::string Status() const { return screen_.LineText(kRows - 1); }
  // The port of the client in the first row.
  int First() const { return std::stoi(Top().substr(Top().find(':') + 1)); }
  bool Shows(const std::string& text) const { return screen_.Text().find(text) != std::string::npos; }

  SnapshotHub hub_;
  TextScreen screen_{kRows, 130};
  KnownNames names_;
  TopApp app_{&hub_, &screen_, &names_, TcptrackSettings()};
};

TEST_F(HelpKeysTest, TheHelpNamesTheKeysThatAreTestedHereAndNoOther) {
  screen_.Resize(40, 130);
  Type("h");
  std::set<std::string> keys;
  for (size_t row = 1; !screen_.LineText(row).empty(); ++row) {
    std::istringstream words(screen_.LineText(row).substr(0, 15));
    for (std::string key; words >> key;) keys.insert(key);
  }
  EXPECT_EQ(keys,
            std::set<std::string>({"q",    "Ctrl-C", "Ctrl-L", "p",     "g", "F", "m", "s", "<", ">", "S", "o", "Up",
                                   "Down", "j",      "k",      "Enter", "/", "b", "c", "a", "n", "z", "h", "?"}));
}

// Ctrl-C is a signal, so TopAppRunTest and the end-to-end tests cover it. Ctrl-L is the terminal's: see TerminalTest.
TEST_F(HelpKeysTest, QQuits) {
  screen_.Type("q");
  EXPECT_FALSE(app_.Step());
}

TEST_F(HelpKeysTest, PPausesAndTheNumbersGoOn) {
  Type("p");
  auto later = Twenty(2);
  later->connections.push_back(ScriptedConnection(99, EndpointOf("10.0.0.1", 99), EndpointOf("10.0.0.2", 80)));
  later->connections[0].client_sent.payload_bytes_per_second = 777 * 1024;
  Publish(later);
  EXPECT_TRUE(Shows("of 20 "));
  EXPECT_TRUE(Shows("Paused"));
  EXPECT_TRUE(Shows("777 KB/s"));
  Type("p");
  EXPECT_TRUE(Shows("of 21 "));
}

TEST_F(HelpKeysTest, SSortsByRateBytesIdleTimeAndNotAtAll) {
  Type("s");
  EXPECT_TRUE(Shows("Sorted by rate"));
  EXPECT_EQ(First(), 1);
  Type("s");
  EXPECT_TRUE(Shows("Sorted by bytes"));
  EXPECT_EQ(First(), 20);
  Type("s");
  EXPECT_TRUE(Shows("Sorted by idle"));
  EXPECT_EQ(First() % 7, 0) << "the least idle";
  Type("s");
  EXPECT_TRUE(Shows("Unsorted"));
  EXPECT_EQ(First(), 1);
}

TEST_F(HelpKeysTest, AnglesSortByAnyColumn) {
  std::set<std::string> orders;
  for (int i = 0; i < 20; ++i) {
    orders.insert(Status());
    Type(">");
  }
  EXPECT_GE(orders.size(), 12)
      << "rate, bytes, idle, client and its name, server and its name, state, up, down, RTT, retransmissions";
  const std::string before = Status();
  Type(">");
  EXPECT_NE(Status(), before);
  Type("<");
  EXPECT_EQ(Status(), before);
}

TEST_F(HelpKeysTest, ShiftSReversesTheOrder) {
  Type("sS");
  EXPECT_EQ(First(), 20);
}

TEST_F(HelpKeysTest, OHoldsTheOrder) {
  Type("so");
  auto later = Twenty(2);
  later->connections[9].client_sent.payload_bytes_per_second = 1e9;
  Publish(later);
  EXPECT_EQ(First(), 1);
  Type("o");
  EXPECT_EQ(First(), 10);
}

TEST_F(HelpKeysTest, ArrowsPagesHomeAndEndScroll) {
  Press(Key::kDown);
  EXPECT_EQ(First(), 2);
  Press(Key::kUp);
  EXPECT_EQ(First(), 1);
  Press(Key::kPageDown);
  const int page = First();
  EXPECT_GT(page, 4);
  Press(Key::kPageUp);
  EXPECT_EQ(First(), 1);
  Press(Key::kEnd);
  EXPECT_TRUE(Shows("-20 of 20"));
  Press(Key::kHome);
  EXPECT_EQ(First(), 1);
}

TEST_F(HelpKeysTest, JAndKMarkARowAndEscapeUnmarksIt) {
  Type("jj");
  EXPECT_TRUE(screen_.frame()[2].marked());
  Type("k");
  EXPECT_TRUE(screen_.frame()[1].marked());
  Press(Key::kEscape);
  EXPECT_FALSE(screen_.frame()[1].marked());
}

TEST_F(HelpKeysTest, EnterShowsTheMarkedRowOrTheFirst) {
  Press(Key::kEnter);
  EXPECT_TRUE(Shows("10.0.0.1:1\n"));
  Press(Key::kEscape);
  Type("jjj");
  Press(Key::kEnter);
  EXPECT_TRUE(Shows("10.0.0.1:3\n"));
}

TEST_F(HelpKeysTest, SlashFiltersByEveryWordOfTheHelp) {
  for (const auto& [filter, count] : std::map<std::string, int>({{"10.0.0.1:7", 1},
                                                                 {"port:7", 1},
                                                                 {"port:5-9", 5},
                                                                 {"host:10.0.0.0/8", 20},
                                                                 {"client:10.0.0.2", 0},
                                                                 {"server:10.0.0.2", 20},
                                                                 {"state:established", 20},
                                                                 {"interface:eth1", 0},
                                                                 {"pod:web", 4},
                                                                 {"ns:shop", 4},
                                                                 {"workload:web", 4},
                                                                 {"unit:postgres", 3},
                                                                 {"unit:web", 0},
                                                                 {"!port:7", 19},
                                                                 {"host:10.0.0.1 !port:5-9", 15}})) {
    Type("/" + filter);
    Press(Key::kEnter);
    EXPECT_TRUE(Shows("of " + std::to_string(count) + " ")) << filter << "\n" << screen_.Text();
    Type("/");
    Press(Key::kEscape);
    EXPECT_TRUE(Shows("of 20 ")) << "Esc clears";
  }
}

TEST_F(HelpKeysTest, BShowsBits) {
  EXPECT_TRUE(Shows("B/s"));
  Type("b");
  EXPECT_TRUE(Shows("b/s")) << screen_.Text();
  EXPECT_FALSE(Shows("B/s"));
}

TEST_F(HelpKeysTest, AShowsTheAverageOverTheLifetime) {
  const std::string over_window = Top();
  const std::string total = screen_.LineText(kRows - 2);
  Type("aaaa");
  EXPECT_NE(Top(), over_window);
  EXPECT_EQ(screen_.LineText(kRows - 2), total) << "TOTAL is always the speed over the rate window";
  Type("a");
  EXPECT_EQ(Top(), over_window);
  EXPECT_EQ(screen_.LineText(kRows - 2), total);
}

TEST_F(HelpKeysTest, AAveragesOverSecondsToo) {
  for (const char* title : {"Avg 2s", "Avg 10s", "Avg 40s", "Avg life", "Speed"}) {
    Type("a");
    EXPECT_TRUE(Shows(title)) << screen_.LineText(0);
  }
}

TEST_F(HelpKeysTest, CHidesClosedConnections) {
  auto closed = Twenty(2);
  closed->connections[0].state = ConnectionState::kClosed;
  closed->connections[1].state = ConnectionState::kReset;
  Publish(closed);
  EXPECT_TRUE(Shows("of 20 "));
  Type("c");
  EXPECT_TRUE(Shows("of 18 (20)"));
  EXPECT_EQ(First(), 3);
  Type("c");
  EXPECT_TRUE(Shows("of 20 "));
}

TEST_F(HelpKeysTest, ShiftFShowsAPcapFilterOfTheMarkedRow) {
  Type("jjF");
  EXPECT_EQ(screen_.LineText(2), "tcp and host 10.0.0.1 and port 2 and host 10.0.0.2 and port 80");
  EXPECT_EQ(screen_.LineText(4).substr(0, 11), "tcpdump -n ");
  Press(Key::kEscape);
  EXPECT_TRUE(Shows("Connections"));
}

TEST_F(HelpKeysTest, MGivesTheMouseBackToTheTerminal) {
  EXPECT_TRUE(screen_.has_mouse());
  Type("m");
  EXPECT_FALSE(screen_.has_mouse());
  Type("m");
  EXPECT_TRUE(screen_.has_mouse());
  Type("F");
  EXPECT_FALSE(screen_.has_mouse()) << "the filter is to be selected";
}

TEST_F(HelpKeysTest, NShowsNames) {
  Type("n");
  EXPECT_TRUE(Shows("www.example:http"));
  Type("n");
  EXPECT_FALSE(Shows("www.example"));
}

TEST_F(HelpKeysTest, ZResetsTheTotals) {
  EXPECT_TRUE(Shows("97 KB")) << screen_.Text();
  Type("z");
  EXPECT_FALSE(Shows("97 KB"));
}

TEST_F(HelpKeysTest, HAndQuestionMarkShowTheHelpThatAnyKeyLeaves) {
  for (const char* key : {"h", "?"}) {
    Type(key);
    EXPECT_EQ(screen_.LineText(0), " Keys");
    Type("x");
    EXPECT_NE(screen_.LineText(0), " Keys");
  }
}

}  // namespace
}  // namespace tcpgauge
