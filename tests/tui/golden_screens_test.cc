// SPDX-License-Identifier: Apache-2.0
// Compares whole screens with the files in tests/golden/tui. To accept new screens, run
//   TCPGAUGE_UPDATE_GOLDENS=1 bazel run //tests/tui:golden_screens_test
// and read the difference before committing it.

#include <gtest/gtest.h>

#include "tests/support/example_identities.h"
#include "tests/tui/expect_golden.h"
#include "tests/tui/known_names.h"
#include "tests/tui/scripted_traffic.h"
#include "tests/tui/tcptrack_settings.h"
#include "tests/tui/text_screen.h"
#include "tui/top_app.h"

namespace tcpgauge {
namespace {

constexpr int64_t kMs = 1000000;

// The edge of the office's web browser: most answers come after 8 to 20 ms, a few after a second.
EdgeView WebEdge() {
  EdgeView edge;
  edge.key.client = *IpAddress::Parse("192.168.100.200");
  edge.key.server = EndpointOf("198.51.100.17", 443);
  for (int i = 0; i < 300; ++i) edge.distributions.response_seconds.Observe(0.008 + 0.00004 * i);
  for (int i = 0; i < 12; ++i) edge.distributions.response_seconds.Observe(1 + 0.05 * i);
  edge.distributions.handshake_rtt_seconds.Observe(0.023);
  return edge;
}

// What the router of a small office sees at `second`: all states, IPv4 and IPv6, busy and idle connections.
std::shared_ptr<const Snapshot> Office(int64_t second) {
  auto snapshot = std::make_shared<Snapshot>();
  snapshot->sequence = static_cast<uint64_t>(second) + 1;
  snapshot->time_ns = kScriptStartNs + (3600 + second) * kNanosecondsPerSecond;
  snapshot->interfaces.push_back({{}, "eth0\x1b[31m", true});
  Encapsulation tagged;
  tagged.AddVlan(100);
  snapshot->encapsulations.push_back(tagged);
  const auto add = [&](std::string_view client, uint16_t client_port, std::string_view server, uint16_t server_port,
                       ConnectionState state, double up, double down, int64_t idle_seconds, int64_t rtt_ns) {
    ConnectionSummary view = ScriptedConnection(snapshot->connections.size() + 1, EndpointOf(client, client_port),
                                                EndpointOf(server, server_port), up, down);
    view.state = state;
    view.last_packet_time_ns = snapshot->time_ns - idle_seconds * kNanosecondsPerSecond;
    if (rtt_ns != ConnectionSummary::kUnknown) {
      view.client_min_rtt_ns = rtt_ns / 10;
      view.server_min_rtt_ns = rtt_ns - view.client_min_rtt_ns;
      view.rtt_ns = rtt_ns * 11 / 10;
    }
    view.client_sent.payload_bytes = static_cast<uint64_t>(up * static_cast<double>(1000 + second));
    view.server_sent.payload_bytes = static_cast<uint64_t>(down * static_cast<double>(1000 + second));
    view.client_sent.ip_bytes = view.client_sent.payload_bytes * 21 / 20;
    view.server_sent.ip_bytes = view.server_sent.payload_bytes * 21 / 20;
    view.client_sent.packets = view.client_sent.payload_bytes / 1400;
    view.server_sent.packets = view.server_sent.payload_bytes / 1400;
    snapshot->connections.push_back(view);
    return &snapshot->connections.back();
  };
  const double wave = static_cast<double>(second % 8 + 1) / 8;
  ConnectionSummary* web = add("192.168.100.200", 51234, "198.51.100.17", 443, ConnectionState::kEstablished,
                               40000 * wave, 9e6 * wave, 0, 23 * kMs);
  web->responses = 345;
  web->response_ns = 12 * kMs;
  ConnectionSummary* backup = add("2001:db8:85a3:1111:2222:8a2e:370:7334", 60001, "2001:db8::53", 443,
                                  ConnectionState::kEstablished, 2.5e6, 60000, 0, 140 * kMs);
  backup->client_sent.retransmitted_segments = 1234;
  backup->client_sent.out_of_order_segments = 5;
  backup->server_sent.zero_windows = 2;
  backup->encapsulation = 1;
  backup->handshake_rtt_ns = 141 * kMs;
  backup->responses = 1;
  backup->response_ns = 1500 * kMs;
  add("192.168.100.7", 40022, "192.168.100.1", 22, ConnectionState::kEstablished, 120, 800, 0, kMs / 3)->response_ns =
      kMs / 2;
  add("192.168.100.8", 40023, "203.0.113.200", 5432, ConnectionState::kEstablished, 0, 0, 780, 1500 * kMs);
  add("192.168.100.9", 40024, "203.0.113.9", 8080, ConnectionState::kSynSent, 0, 0, 3, ConnectionSummary::kUnknown);
  add("192.168.100.9", 40025, "203.0.113.9", 8080, ConnectionState::kSynReceived, 0, 0, 1, ConnectionSummary::kUnknown);
  add("192.168.100.10", 40026, "198.51.100.17", 80, ConnectionState::kClosing, 0, 0, 9, 23 * kMs);
  add("192.168.100.10", 40027, "198.51.100.17", 80, ConnectionState::kClosed, 0, 0, 1, 23 * kMs);
  add("192.168.100.11", 40028, "203.0.113.9", 25, ConnectionState::kReset, 0, 0, 1, ConnectionSummary::kUnknown);
  snapshot->edges.exported = {WebEdge()};
  return snapshot;
}

// Shows the office for twelve seconds on one screen.
class GoldenScreens : public testing::Test {
 protected:
  void Open(int rows, int columns, bool utf8 = true, const ViewSettings& settings = {}) {
    hub_ = std::make_unique<SnapshotHub>();
    screen_ = std::make_unique<TextScreen>(rows, columns, utf8);
    app_ = std::make_unique<TopApp>(hub_.get(), screen_.get(), &names_, settings);
    for (int64_t second = 0; second < 12; ++second) {
      hub_->Publish(Office(second));
      ASSERT_TRUE(app_->Step());
    }
  }
  void Type(std::string_view keys) {
    screen_->Type(keys);
    ASSERT_TRUE(app_->Step());
  }
  void Press(Key key) {
    screen_->Press(key);
    ASSERT_TRUE(app_->Step());
  }

  std::unique_ptr<SnapshotHub> hub_;
  KnownNames names_;
  std::unique_ptr<TextScreen> screen_;
  std::unique_ptr<TopApp> app_;
};

TEST_F(GoldenScreens, ListAtEveryWidth) {
  for (const int columns : {40, 80, 120, 200}) {
    Open(14, columns);
    ExpectGolden("list_" + std::to_string(columns), screen_->Text());
    ExpectGolden("list_" + std::to_string(columns) + "_styled", screen_->StyledText());
  }
}

TEST_F(GoldenScreens, StartedAsTcptrackItLooksLikeTcptrack) {
  for (const int columns : {80, 120}) {
    Open(14, columns, /*utf8=*/true, TcptrackSettings());
    ExpectGolden("tcptrack_" + std::to_string(columns) + "_styled", screen_->StyledText());
  }
}

TEST_F(GoldenScreens, ClosedConnectionsCanBeHidden) {
  Open(14, 80);
  Type("c");
  ExpectGolden("closed_hidden_80", screen_->Text());
}

TEST_F(GoldenScreens, ListWithoutUtf8IsPlainAscii) {
  Open(14, 200, /*utf8=*/false);
  ExpectGolden("list_200_ascii", screen_->Text());
  for (const char c : screen_->Text()) ASSERT_GE(c, 0);
}

TEST_F(GoldenScreens, ListAt80x24SortedByRateWithAMark) {
  Open(24, 80);
  Type("j");
  ExpectGolden("list_80x24_marked_styled", screen_->StyledText());
}

TEST_F(GoldenScreens, NamesTakeThePlaceOfNumbers) {
  names_.AddHost("198.51.100.17", "a-name-that-is-much-too-long-for-its-column.example.org");
  names_.AddHost("192.168.100.1", "router.lan");
  names_.AddService(443, "https");
  names_.AddService(22, "ssh");
  Open(14, 80);
  Type("n");
  ExpectGolden("names_80", screen_->Text());
  Open(14, 200);
  Type("n");
  ExpectGolden("names_200", screen_->Text());
}

TEST_F(GoldenScreens, FilterWhileItIsTyped) {
  Open(14, 80);
  Type("/host:192.168.100.0/24 port:https");
  ExpectGolden("filter_80", screen_->Text());
}

TEST_F(GoldenScreens, BitsAveragesReversedAndHeld) {
  Open(14, 120);
  Type("Sba");
  ExpectGolden("bits_average_reversed_120", screen_->Text());
  Type("o");
  ExpectGolden("held_120", screen_->Text());
}

// A web server whose connections carry 30,600 bytes, last a tenth of a second and are shown for two seconds. Twenty of
// them begin in a second, so 4.9 Mbit/s go on. Two ended within the rate window, here of a tenth of a second.
std::shared_ptr<const Snapshot> ShortConnections() {
  auto snapshot = std::make_shared<Snapshot>();
  snapshot->sequence = 1;
  snapshot->time_ns = kScriptStartNs + 60 * kNanosecondsPerSecond;
  snapshot->rate_window_seconds = 0.1;
  snapshot->interfaces.push_back({{}, "eth0", true});
  for (uint16_t i = 0; i < 40; ++i) {
    const double rate = i < 2 ? 30600 / 0.1 : 0;
    ConnectionSummary connection = ScriptedConnection(i + 1u, EndpointOf("192.0.2.1", static_cast<uint16_t>(40000 + i)),
                                                      EndpointOf("192.0.2.2", 80), 0, rate);
    connection.state = i % 5 == 4 ? ConnectionState::kReset : ConnectionState::kClosed;
    connection.start_time_ns = snapshot->time_ns - (i + 2) * 50 * kMs;
    connection.last_packet_time_ns = snapshot->time_ns - i * 50 * kMs;
    connection.server_sent.payload_bytes = 30600;
    snapshot->connections.push_back(connection);
  }
  ConnectionSummary silent = ScriptedConnection(41, EndpointOf("192.0.2.1", 41000), EndpointOf("192.0.2.2", 22), 0, 0);
  silent.last_packet_time_ns = kScriptStartNs + 5 * kNanosecondsPerSecond;
  silent.client_sent.payload_bytes = 60000000;
  snapshot->connections.push_back(silent);
  return snapshot;
}

TEST_F(GoldenScreens, TheTotalOfAveragesIsTheTrafficThatGoesOn) {
  hub_ = std::make_unique<SnapshotHub>();
  screen_ = std::make_unique<TextScreen>(12, 120, true);
  app_ = std::make_unique<TopApp>(hub_.get(), screen_.get(), &names_);
  hub_->Publish(ShortConnections());
  ASSERT_TRUE(app_->Step());
  Type("b");
  ExpectGolden("short_connections_120", screen_->Text());
  Type("aaaa");
  ExpectGolden("short_connections_average_120_styled", screen_->StyledText());
}

TEST_F(GoldenScreens, Details) {
  Open(24, 80);
  Type("jj");
  Press(Key::kEnter);
  ExpectGolden("details_80x24", screen_->Text());
  Open(30, 120, /*utf8=*/false);
  Press(Key::kEnter);
  ExpectGolden("details_120x30_ascii", screen_->Text());
}

TEST_F(GoldenScreens, DetailsSayWhyTimesOfTheEdgeAreMissing) {
  const auto shows = [this](std::string_view text) { return screen_->Text().find(text) != std::string::npos; };
  Open(30, 80);
  Press(Key::kEnter);
  EXPECT_TRUE(shows("Edge response    p50 14ms"));
  auto snapshot = std::make_shared<Snapshot>(*Office(12));
  snapshot->edges.exported[0].distributions.response_seconds = ExponentialBuckets();
  hub_->Publish(snapshot);
  ASSERT_TRUE(app_->Step());
  EXPECT_TRUE(shows("Edge response    no exchange yet"));
  EXPECT_TRUE(shows("Edge handshake   p50 23ms, p95 23ms, p99 24ms of 1 handshake"));
  snapshot = std::make_shared<Snapshot>(*Office(13));
  snapshot->edges.exported.clear();
  hub_->Publish(snapshot);
  ASSERT_TRUE(app_->Step());
  EXPECT_TRUE(shows("Edge response    its edge has no series of its own"));
  EXPECT_FALSE(shows("Edge handshake"));
  snapshot = std::make_shared<Snapshot>(*Office(14));
  snapshot->agent = "node7";
  hub_->Publish(snapshot);
  ASSERT_TRUE(app_->Step());
  EXPECT_TRUE(shows("Edge response    not known to an attached view"));
}

// The buckets from 7.8 ms to 1.6 s are more than fit on a narrow screen.
TEST_F(GoldenScreens, BarsOfNeighbouringBucketsAreAddedWhereTheScreenIsNarrow) {
  Open(30, 50, /*utf8=*/false);
  Press(Key::kEnter);
  EXPECT_NE(screen_->Text().find(" 7.8ms"), std::string::npos);
  EXPECT_NE(screen_->Text().find(" 1.6s\n"), std::string::npos) << screen_->Text();
}

// A node that translates a service to a pod, and carries the connection through an overlay.
std::shared_ptr<const Snapshot> Node() {
  auto snapshot = std::make_shared<Snapshot>();
  snapshot->sequence = 1;
  snapshot->time_ns = kScriptStartNs + 60 * kNanosecondsPerSecond;
  snapshot->interfaces.push_back({{}, "any", true});
  Encapsulation overlay;
  overlay.AddTunnel({TunnelType::kVxlan, true, 1});
  Encapsulation tagged;
  for (const uint16_t vlan : {100, 200, 300, 400}) tagged.AddVlan(vlan);
  tagged.AddTunnel({TunnelType::kGeneve, true, 16777215});
  snapshot->encapsulations = {Encapsulation(), overlay, tagged};
  const Endpoint v4 = EndpointOf("10.244.100.200", 60001),
                 v6 = EndpointOf("2001:db8:85a3:1111:2222:8a2e:370:7334", 60001);
  const Endpoint pod4 = EndpointOf("10.244.200.123", 8080),
                 pod6 = EndpointOf("2001:db8:85a3:1111:2222:8a2e:370:7335", 8080);
  const Endpoint service4 = EndpointOf("10.96.0.10", 80), service6 = EndpointOf("2001:db8:ffff::10", 80);
  snapshot->connections = {ScriptedConnection(1, v4, pod4, 2000, 1000), ScriptedConnection(2, v6, pod6, 200, 100)};
  snapshot->connections[0].service = service4;
  snapshot->connections[0].view_count = 3;
  snapshot->connections[1].service = service6;
  snapshot->connections[1].first_view = 3;
  snapshot->connections[1].view_count = 4;
  snapshot->views = {{v4, service4, 0}, {v4, pod4, 0}, {v4, pod4, 1}, {v6, service6, 0},
                     {v6, pod6, 0},     {v6, pod6, 1}, {v6, pod6, 2}};
  return snapshot;
}

TEST_F(GoldenScreens, DetailsOfATranslatedConnectionWithItsViews) {
  hub_ = std::make_unique<SnapshotHub>();
  screen_ = std::make_unique<TextScreen>(24, 80, true);
  app_ = std::make_unique<TopApp>(hub_.get(), screen_.get(), &names_);
  hub_->Publish(Node());
  ASSERT_TRUE(app_->Step());
  Press(Key::kEnter);
  ExpectGolden("details_views_80x24", screen_->Text());
  screen_->Press(Key::kEscape);
  ASSERT_TRUE(app_->Step());
  Type("jj");
  Press(Key::kEnter);
  ExpectGolden("details_views_ipv6_80x24", screen_->Text());
}

// The office while the agent knows who is at some of the ends.
std::shared_ptr<const Snapshot> NamedOffice() {
  auto snapshot = std::make_shared<Snapshot>(*Office(0));
  snapshot->identities = {nullptr, ExamplePod(), ExampleUnit(), ExampleGuess()};
  snapshot->connections[0].client_identity = 1;
  snapshot->connections[1].client_identity = 3;
  snapshot->connections[1].server_identity = 1;
  snapshot->connections[3].server_identity = 2;
  return snapshot;
}

TEST_F(GoldenScreens, NamesOfTheEndsHaveColumnsWhereThereIsRoom) {
  for (const int columns : {80, 120, 170, 200}) {
    hub_ = std::make_unique<SnapshotHub>();
    screen_ = std::make_unique<TextScreen>(14, columns, true);
    app_ = std::make_unique<TopApp>(hub_.get(), screen_.get(), &names_);
    hub_->Publish(NamedOffice());
    ASSERT_TRUE(app_->Step());
    ExpectGolden("identities_" + std::to_string(columns), screen_->Text());
  }
}

TEST_F(GoldenScreens, DetailsTellWhoIsAtTheEnds) {
  hub_ = std::make_unique<SnapshotHub>();
  screen_ = std::make_unique<TextScreen>(28, 80, true);
  app_ = std::make_unique<TopApp>(hub_.get(), screen_.get(), &names_);
  hub_->Publish(NamedOffice());
  ASSERT_TRUE(app_->Step());
  Type("jj");
  Press(Key::kEnter);
  ExpectGolden("details_identities_80x28", screen_->Text());
}

TEST_F(GoldenScreens, Help) {
  Open(24, 80);
  Type("h");
  ExpectGolden("help_80x24", screen_->Text());
}

}  // namespace
}  // namespace tcpgauge
