// SPDX-License-Identifier: Apache-2.0
#include "tui/top_app.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "tests/tui/known_names.h"
#include "tests/tui/scripted_traffic.h"
#include "tests/tui/tcptrack_settings.h"
#include "tests/tui/text_screen.h"

namespace tcpgauge {
namespace {

// Three connections to which a test refers by the client's port. The second is IPv6 and busy.
std::shared_ptr<Snapshot> ThreeConnections(uint64_t sequence) {
  auto snapshot = std::make_shared<Snapshot>();
  snapshot->sequence = sequence;
  snapshot->time_ns = kScriptStartNs + static_cast<int64_t>(sequence) * kNanosecondsPerSecond;
  ConnectionSummary ssh =
      ScriptedConnection(1, EndpointOf("192.168.100.200", 50001), EndpointOf("192.168.100.1", 22), 100, 20);
  ConnectionSummary web =
      ScriptedConnection(2, EndpointOf("192.168.100.200", 50002), EndpointOf("198.51.100.7", 443), 2000, 384.0 * 1024);
  ConnectionSummary half = ScriptedConnection(3, EndpointOf("192.168.100.200", 50003), EndpointOf("203.0.113.9", 8080));
  web.client_sent.payload_bytes = 5000;
  web.last_packet_time_ns = snapshot->time_ns;
  half.state = ConnectionState::kSynReceived;
  half.client_sent.payload_bytes = 9000;
  snapshot->connections = {half, web, ssh};
  return snapshot;
}

class TopAppTest : public testing::Test {
 protected:
  // The last line without the hint at the help.
  std::string Status() const {
    std::string status = screen_.LineText(7).substr(0, 73);
    return status.erase(status.find_last_not_of(' ') + 1);
  }

  SnapshotHub hub_;
  TextScreen screen_{8, 80};
  KnownNames names_;
  TopApp app_{&hub_, &screen_, &names_, TcptrackSettings()};
};

TEST_F(TopAppTest, LooksLikeTcptrack) {
  hub_.Publish(ThreeConnections(4));
  ASSERT_TRUE(app_.Step());
  hub_.Publish(ThreeConnections(5));
  ASSERT_TRUE(app_.Step());
  EXPECT_EQ(screen_.Text(),
            " Client                Server                State        Idle A     Speed\n"
            " 192.168.100.200:50001 192.168.100.1:22      ESTABLISHED  5s       120 B/s\n"
            " 192.168.100.200:50002 198.51.100.7:443      ESTABLISHED  0s   *  385 KB/s\n"
            " 192.168.100.200:50003 203.0.113.9:8080      SYN|ACK-ACK  5s         0 B/s\n"
            "\n"
            "\n"
            " TOTAL                                                            386 KB/s\n"
            " Connections 1-3 of 3                         Unpaused  Unsorted         help\n");
}

TEST_F(TopAppTest, TheScreenIsEmptyButThereBeforeTheFirstSnapshot) {
  ASSERT_TRUE(app_.Step());
  EXPECT_EQ(screen_.LineText(6), " TOTAL                                                               0 B/s");
  EXPECT_EQ(Status(), " Connections 0-0 of 0                         Unpaused  Unsorted");
}

TEST_F(TopAppTest, SortsAndScrolls) {
  hub_.Publish(ThreeConnections(1));
  screen_.Type("s");
  ASSERT_TRUE(app_.Step());
  EXPECT_EQ(screen_.LineText(1).substr(0, 22), " 192.168.100.200:50002");
  EXPECT_EQ(Status(), " Connections 1-3 of 3                         Unpaused  Sorted by rate");
  screen_.Press(Key::kDown);
  ASSERT_TRUE(app_.Step());
  EXPECT_EQ(screen_.LineText(1).substr(0, 22), " 192.168.100.200:50001");
  EXPECT_EQ(Status(), " Connections 2-3 of 3                         Unpaused  Sorted by rate");
  screen_.Type("s");
  ASSERT_TRUE(app_.Step());
  EXPECT_EQ(Status(), " Connections 2-3 of 3                         Unpaused  Sorted by bytes");
}

TEST_F(TopAppTest, PausedKeepsItsConnectionsAndGoesOnWithAllThatCameMeanwhile) {
  hub_.Publish(ThreeConnections(1));
  ASSERT_TRUE(app_.Step());
  screen_.Type("p");
  auto later = ThreeConnections(9);
  later->connections.erase(later->connections.begin());  // the one with port 50003 is gone
  later->connections.push_back(
      ScriptedConnection(4, EndpointOf("192.168.100.200", 50004), EndpointOf("198.51.100.7", 443)));
  ASSERT_TRUE(app_.Step());
  hub_.Publish(later);
  ASSERT_TRUE(app_.Step());
  EXPECT_EQ(screen_.LineText(3), " 192.168.100.200:50003 203.0.113.9:8080      SYN|ACK-ACK  9s         0 B/s");
  EXPECT_EQ(Status(), " Connections 1-3 of 3                         Paused    Unsorted");
  screen_.Type("p");
  ASSERT_TRUE(app_.Step());
  EXPECT_EQ(screen_.LineText(3).substr(0, 22), " 192.168.100.200:50004");
  EXPECT_EQ(Status(), " Connections 1-3 of 3                         Unpaused  Unsorted");
}

TEST_F(TopAppTest, DrawsOnlyWhenSomethingChanged) {
  hub_.Publish(ThreeConnections(1));
  ASSERT_TRUE(app_.Step());
  const int draws = screen_.draws();
  ASSERT_TRUE(app_.Step());
  ASSERT_TRUE(app_.Step());
  EXPECT_EQ(screen_.draws(), draws);
  hub_.Publish(ThreeConnections(2));
  ASSERT_TRUE(app_.Step());
  EXPECT_EQ(screen_.draws(), draws + 1);
}

TEST_F(TopAppTest, FitsScreensOfEverySize) {
  hub_.Publish(ScriptedTraffic(50, 3));
  for (int rows = 1; rows < 30; ++rows) {
    for (int columns = 1; columns < 130; columns += 3) {
      screen_.Resize(rows, columns);
      ASSERT_TRUE(app_.Step());
      ASSERT_EQ(screen_.frame().size(), static_cast<size_t>(rows));
      for (const Line& line : screen_.frame()) ASSERT_EQ(line.width(), columns);
    }
  }
}

TEST_F(TopAppTest, FiltersAtEveryKey) {
  hub_.Publish(ThreeConnections(1));
  ASSERT_TRUE(app_.Step());
  screen_.Type("/port:8");
  ASSERT_TRUE(app_.Step());
  EXPECT_EQ(Status().substr(0, 25), " Connections 0-0 of 0 (3)");
  screen_.Type("080");
  ASSERT_TRUE(app_.Step());
  EXPECT_EQ(screen_.LineText(1).substr(0, 22), " 192.168.100.200:50003");
  EXPECT_EQ(Status().substr(0, 25), " Connections 1-1 of 1 (3)");
  screen_.Press(Key::kEscape);
  ASSERT_TRUE(app_.Step());
  EXPECT_EQ(Status().substr(0, 25), " Connections 1-3 of 3    ");
}

TEST_F(TopAppTest, ShowsNamesAsTheyBecomeKnownAndFiltersByThem) {
  hub_.Publish(ThreeConnections(1));
  ASSERT_TRUE(app_.Step());
  screen_.Type("n/example");
  ASSERT_TRUE(app_.Step());
  EXPECT_EQ(Status().substr(0, 25), " Connections 0-0 of 0 (3)");
  names_.AddHost("198.51.100.7", "www.Example.org");
  names_.AddService(443, "https");
  ASSERT_TRUE(app_.Step());
  EXPECT_EQ(screen_.LineText(1).substr(23, 21), "www.Example.org:https");
  screen_.Press(Key::kEnter);
  screen_.Type("n");
  ASSERT_TRUE(app_.Step());
  EXPECT_EQ(Status().substr(0, 25), " Connections 0-0 of 0 (3)") << "numbers hold no such text";
}

TEST_F(TopAppTest, TotalsCountFromTheirReset) {
  screen_.Resize(8, 120);
  hub_.Publish(ThreeConnections(1));
  ASSERT_TRUE(app_.Step());
  EXPECT_EQ(screen_.LineText(2).substr(95, 7), " 4.8 KB");
  EXPECT_EQ(screen_.LineText(6).substr(95, 7), "  13 KB");
  screen_.Type("z");
  ASSERT_TRUE(app_.Step());
  auto later = ThreeConnections(2);
  later->connections[1].server_sent.payload_bytes += 70;
  hub_.Publish(later);
  ASSERT_TRUE(app_.Step());
  EXPECT_EQ(screen_.LineText(2).substr(95, 7), "   70 B");
  EXPECT_EQ(screen_.LineText(6).substr(95, 7), "   70 B");
}

TEST_F(TopAppTest, AHeldOrderStaysUntilItIsLetGo) {
  hub_.Publish(ThreeConnections(1));
  ASSERT_TRUE(app_.Step());
  screen_.Type("so");
  ASSERT_TRUE(app_.Step());
  auto later = ThreeConnections(2);
  later->connections[0].client_sent.payload_bytes_per_second = 1e9;  // port 50003
  hub_.Publish(later);
  ASSERT_TRUE(app_.Step());
  EXPECT_EQ(screen_.LineText(1).substr(0, 22), " 192.168.100.200:50002");
  EXPECT_EQ(Status(), " Connections 1-3 of 3                         Unpaused  Order held");
  screen_.Type("o");
  ASSERT_TRUE(app_.Step());
  EXPECT_EQ(screen_.LineText(1).substr(0, 22), " 192.168.100.200:50003");
}

TEST_F(TopAppTest, DetailsKeepTheInterfaceAndVlanOfAConnectionThatIsGone) {
  const auto with_lists = [](uint64_t sequence, const char* interface, uint16_t vlan) {
    std::shared_ptr<Snapshot> snapshot = ThreeConnections(sequence);
    snapshot->interfaces.push_back({{}, interface, true});
    Encapsulation encapsulation;
    encapsulation.AddVlan(vlan);
    snapshot->encapsulations.push_back(encapsulation);
    for (ConnectionSummary& connection : snapshot->connections) connection.encapsulation = 1;
    return snapshot;
  };
  screen_.Resize(30, 80);
  hub_.Publish(with_lists(1, "eth0", 10));
  ASSERT_TRUE(app_.Step());
  screen_.Press(Key::kDown);
  screen_.Press(Key::kEnter);
  ASSERT_TRUE(app_.Step());
  EXPECT_NE(screen_.Text().find("eth0, VLAN 10\n"), std::string::npos) << screen_.Text();
  auto later = with_lists(2, "wlan0", 20);
  later->connections.clear();
  hub_.Publish(later);
  ASSERT_TRUE(app_.Step());
  EXPECT_NE(screen_.Text().find("Connection, gone"), std::string::npos);
  EXPECT_NE(screen_.Text().find("eth0, VLAN 10\n"), std::string::npos) << screen_.Text();
}

TEST_F(TopAppTest, DetailsKeepWhatWasKnownOfAConnectionThatIsGone) {
  screen_.Resize(24, 80);
  hub_.Publish(ThreeConnections(1));
  ASSERT_TRUE(app_.Step());
  screen_.Press(Key::kDown);
  screen_.Press(Key::kEnter);
  ASSERT_TRUE(app_.Step());
  EXPECT_EQ(screen_.LineText(0).substr(0, 12), " Connection ");
  EXPECT_EQ(screen_.LineText(1), " Client           192.168.100.200:50002");
  auto later = ThreeConnections(2);
  later->connections.clear();
  hub_.Publish(later);
  ASSERT_TRUE(app_.Step());
  EXPECT_EQ(screen_.LineText(0).substr(0, 17), " Connection, gone");
  EXPECT_EQ(screen_.LineText(1), " Client           192.168.100.200:50002");
  screen_.Press(Key::kEscape);
  ASSERT_TRUE(app_.Step());
  EXPECT_EQ(screen_.LineText(22), " TOTAL                                                               0 B/s");
}

TEST_F(TopAppTest, TellsWhatIsWatchedAndWhatWasLostWhereThereIsRoom) {
  auto snapshot = ThreeConnections(1);
  snapshot->interfaces.push_back({{{}, {}, 5, {}}, "eth0", true});
  snapshot->interfaces.push_back({{{}, {}, 7, {}}, "eth1", false});
  hub_.Publish(snapshot);
  screen_.Resize(8, 120);
  ASSERT_TRUE(app_.Step());
  EXPECT_EQ(screen_.LineText(7).substr(66), "        eth0, eth1 (down), 12 packets dropped  help");
  screen_.Resize(8, 80);
  ASSERT_TRUE(app_.Step());
  EXPECT_EQ(screen_.LineText(7).substr(56), "Unsorted         help");
}

TEST_F(TopAppTest, HelpScrollsOnASmallScreenToItsEnd) {
  hub_.Publish(ThreeConnections(1));
  screen_.Type("h");
  for (int i = 0; i < 100; ++i) screen_.Press(Key::kDown);
  ASSERT_TRUE(app_.Step());
  EXPECT_EQ(screen_.LineText(7).substr(0, 4), " Red");
  screen_.Press(Key::kUp);
  ASSERT_TRUE(app_.Step());
  EXPECT_EQ(screen_.LineText(7), " Down: more");
}

TEST_F(TopAppTest, AClickOnATitleSortsAndOnARowMarksThenOpensIt) {
  hub_.Publish(ThreeConnections(1));
  ASSERT_TRUE(app_.Step());
  screen_.Click(0, 72);  // Speed
  ASSERT_TRUE(app_.Step());
  EXPECT_EQ(Status(), " Connections 1-3 of 3                         Unpaused  Sorted by rate");
  screen_.Click(0, 72);
  ASSERT_TRUE(app_.Step());
  EXPECT_EQ(Status().substr(56), "Sorted by rate re");
  screen_.Click(0, 24);  // Server
  ASSERT_TRUE(app_.Step());
  EXPECT_EQ(Status().substr(56), "Sorted by server");
  screen_.Click(2, 5);
  ASSERT_TRUE(app_.Step());
  EXPECT_TRUE(screen_.frame()[2].marked());
  screen_.Click(6, 5);  // TOTAL
  ASSERT_TRUE(app_.Step());
  EXPECT_TRUE(screen_.frame()[2].marked());
  screen_.Click(2, 5);
  ASSERT_TRUE(app_.Step());
  EXPECT_EQ(screen_.LineText(0).substr(0, 12), " Connection ");
}

TEST_F(TopAppTest, TheWheelScrolls) {
  hub_.Publish(ScriptedTraffic(50, 3));
  ASSERT_TRUE(app_.Step());
  screen_.Press(Key::kWheelDown);
  screen_.Press(Key::kWheelDown);
  ASSERT_TRUE(app_.Step());
  EXPECT_EQ(Status().substr(0, 21), " Connections 7-11 of ");
  screen_.Press(Key::kWheelUp);
  ASSERT_TRUE(app_.Step());
  EXPECT_EQ(Status().substr(0, 20), " Connections 4-8 of ");
}

TEST_F(TopAppTest, LeavesAtOnceOnQ) {
  screen_.Type("q");
  EXPECT_FALSE(app_.Step());
}

// Calls Run() with real descriptors. If Run() does not return, the test hangs until its time-out.
class TopAppRunTest : public TopAppTest {
 protected:
  void SetUp() override {
    ASSERT_EQ(pipe(keyboard_), 0);
    ASSERT_EQ(pipe(stop_), 0);
    screen_.set_keyboard_fd(keyboard_[0]);
  }
  void TearDown() override {
    for (const int fd : {keyboard_[0], keyboard_[1], stop_[0], stop_[1]}) close(fd);
  }
  int keyboard_[2];
  int stop_[2];
};

TEST_F(TopAppRunTest, LeavesWhenAskedToStop) {
  ASSERT_EQ(write(stop_[1], "x", 1), 1);
  app_.Run(stop_[0]);
  char byte = 0;
  EXPECT_EQ(read(stop_[0], &byte, 1), 1) << "the stop descriptor was read";
}

TEST_F(TopAppRunTest, LeavesWhenTheTerminalIsGone) {
  close(keyboard_[1]);
  app_.Run(stop_[0]);
  EXPECT_EQ(screen_.draws(), 1);
}

}  // namespace
}  // namespace tcpgauge
