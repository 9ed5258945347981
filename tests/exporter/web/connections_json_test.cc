// SPDX-License-Identifier: Apache-2.0
#include "exporter/web/connections_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "src/naming/identity_text.h"
#include "src/naming/name_rule.h"
#include "tests/exporter/metrics/example_snapshot.h"
#include "tests/support/example_identities.h"

namespace tcpgauge {
namespace {

using Json = nlohmann::json;
using testing::HasSubstr;

Json Answer(const Snapshot& snapshot, const ConnectionQuery& query = {}) {
  return Json::parse(ConnectionsJson(snapshot, query, "node \"7\""));
}

absl::StatusOr<ConnectionQuery> Parse(HttpFields parameters) {
  HttpRequest request;
  request.query = std::move(parameters);
  return ParseConnectionQuery(request);
}

TEST(ConnectionsJson, TellsTheSnapshotAndItsAgent) {
  const Json answer = Answer(ExampleSnapshot());
  EXPECT_EQ(answer["agent"], "node \"7\"");
  EXPECT_EQ(answer["sequence"], 7);
  EXPECT_DOUBLE_EQ(answer["time"], 1700000000.25);
  EXPECT_DOUBLE_EQ(answer["capture_start_time"], 1699999940.25);
  EXPECT_EQ(answer["connections_in_all"], 9);
  EXPECT_EQ(answer["totals"]["client_payload_bytes"], 77777);
  EXPECT_EQ(answer["matching"]["connections"], 3);
  EXPECT_EQ(answer["matching"]["server_payload_bytes"], 9007199254740993);
  EXPECT_EQ(answer["interfaces"][1], Json::parse(R"({"name":"wlan0","up":false,"dropped_packets":0})"));
}

TEST(ConnectionsJson, DoesNotListAForgottenInterfaceThatConnectionsName) {
  Snapshot snapshot = ExampleSnapshot();
  snapshot.interfaces[0].is_forgotten = true;
  const Json answer = Answer(snapshot);
  ASSERT_EQ(answer["interfaces"].size(), 1u);
  EXPECT_EQ(answer["interfaces"][0]["name"], "wlan0");
  EXPECT_EQ(answer["connections"][0]["interface"], "eth0");
}

TEST(ConnectionsJson, TellsAllOfAConnection) {
  const Json row = Answer(ExampleSnapshot())["connections"][0];
  EXPECT_EQ(row["id"], "11");
  EXPECT_EQ(row["client"], Json::parse(R"({"address":"198.51.100.7","port":50000})"));
  EXPECT_EQ(row["server"], Json::parse(R"({"address":"192.0.2.1","port":443})"));
  EXPECT_EQ(row["state"], "established");
  EXPECT_EQ(row["role"], "inferred");
  EXPECT_EQ(row["interface"], "eth0");
  EXPECT_DOUBLE_EQ(row["idle_seconds"], 1);
  EXPECT_DOUBLE_EQ(row["start_time"], 1699999999.25);
  EXPECT_DOUBLE_EQ(row["rtt_seconds"], 0.04);
  EXPECT_DOUBLE_EQ(row["min_rtt_seconds"], 0.012345678);
  EXPECT_DOUBLE_EQ(row["server_min_rtt_seconds"], 0.0123);
  EXPECT_DOUBLE_EQ(row["client_min_rtt_seconds"], 0.000045678);
  EXPECT_TRUE(row["handshake_rtt_seconds"].is_null());
  EXPECT_EQ(row["responses"], 0);
  EXPECT_TRUE(row["response_seconds"].is_null());
  EXPECT_EQ(row["client_payload_bytes"], 1234);
  EXPECT_EQ(row["server_payload_bytes"], 9007199254740993);
  EXPECT_DOUBLE_EQ(row["client_payload_bytes_per_second"], 100.5);
  EXPECT_DOUBLE_EQ(row["server_payload_bytes_per_second"], 333333333.3);
  EXPECT_EQ(row["server_retransmitted_segments"], 9);
  EXPECT_EQ(row["window_payload_bytes"], 5000);
}

TEST(ConnectionsJson, TheLeastRoundTripIsNullUnlessBothHalvesAreKnown) {
  Snapshot snapshot = ExampleSnapshot();
  snapshot.connections.resize(1);
  snapshot.connections[0].client_min_rtt_ns = ConnectionSummary::kUnknown;
  const Json row = Answer(snapshot)["connections"][0];
  EXPECT_TRUE(row["min_rtt_seconds"].is_null());
  EXPECT_DOUBLE_EQ(row["server_min_rtt_seconds"], 0.0123);
  EXPECT_TRUE(row["client_min_rtt_seconds"].is_null());
}

TEST(ConnectionsJson, MembersKeepTheirOrderAndNumbersTheirForm) {
  Snapshot snapshot = ExampleSnapshot();
  snapshot.connections.resize(1);
  ConnectionSummary& connection = snapshot.connections[0];
  connection.id = UINT64_MAX;
  connection.state = ConnectionState::kClosing;
  connection.role = Role::kObserved;
  connection.start_time_ns = 1699999999000000001;
  connection.last_packet_time_ns = snapshot.time_ns - 1500000000;
  connection.handshake_rtt_ns = 999999999;
  connection.responses = 345;
  connection.response_ns = 2500000;
  connection.client_sent = {1, 2, 3, 4, 5, 6, 7.25};
  connection.server_sent = {11, 12, 13, 14, 15, 16, 1e10};
  EXPECT_THAT(
      ConnectionsJson(snapshot, {}, "node"),
      HasSubstr("\"connections\":[\n"
                R"({"id":"18446744073709551615","client":{"address":"198.51.100.7","port":50000},)"
                R"("server":{"address":"192.0.2.1","port":443},"role":"observed","state":"closing","interface":"eth0",)"
                R"("vlans":[],"tunnels":[],"start_time":1699999999.000000001,"last_packet_time":1699999998.750000000,)"
                R"("idle_seconds":1.500000000,"handshake_rtt_seconds":0.999999999,"rtt_seconds":0.040000000,)"
                R"("min_rtt_seconds":0.012345678,"server_min_rtt_seconds":0.012300000,)"
                R"("client_min_rtt_seconds":0.000045678,)"
                R"("responses":345,"response_seconds":0.002500000,)"
                R"("window_payload_bytes":5000,"client_packets":1,"client_payload_bytes":2,"client_ip_bytes":3,)"
                R"("client_retransmitted_segments":4,"client_out_of_order_segments":5,"client_zero_windows":6,)"
                R"("client_payload_bytes_per_second":7.3,"server_packets":11,"server_payload_bytes":12,)"
                R"("server_ip_bytes":13,"server_retransmitted_segments":14,"server_out_of_order_segments":15,)"
                R"("server_zero_windows":16,"server_payload_bytes_per_second":1e+10}]})"
                "\n"));
}

TEST(ConnectionsJson, TellsVlansAndTunnelsFromTheOutside) {
  Snapshot snapshot = ExampleSnapshot();
  Encapsulation encapsulation;
  encapsulation.AddVlan(7);
  encapsulation.AddVlan(8);
  encapsulation.AddTunnel({TunnelType::kVxlan, true, 5000});
  encapsulation.AddTunnel({TunnelType::kGre, false, 0});
  snapshot.encapsulations.push_back(encapsulation);
  snapshot.connections[0].encapsulation = 1;
  const Json rows = Answer(snapshot)["connections"];
  EXPECT_EQ(rows[0]["vlans"], Json::parse("[7,8]"));
  EXPECT_EQ(rows[0]["tunnels"], Json::parse(R"([{"type":"vxlan","id":5000},{"type":"gre","id":null}])"));
  EXPECT_EQ(rows[1]["vlans"], Json::array());
}

Endpoint EndOf(const std::string& address, uint16_t port) { return {*IpAddress::Parse(address), port}; }

TEST(ConnectionsJson, TellsTheServiceOfAConnectionWhoseServerIsAnother) {
  Snapshot snapshot = ExampleSnapshot();
  snapshot.connections[0].service = EndOf("10.96.0.10", 443);   // another address
  snapshot.connections[1].service = EndOf("192.0.2.1", 30443);  // another port
  const Json rows = Answer(snapshot)["connections"];
  EXPECT_EQ(rows[0]["service"], Json::parse(R"({"address":"10.96.0.10","port":443})"));
  EXPECT_EQ(rows[1]["service"], Json::parse(R"({"address":"192.0.2.1","port":30443})"));
  EXPECT_FALSE(rows[2].contains("service"));
}

TEST(ConnectionsJson, ListsTheViewsOfAConnectionThatHasSeveral) {
  Snapshot snapshot = ExampleSnapshot();
  Encapsulation overlay;
  overlay.AddTunnel({TunnelType::kGeneve, true, 3});
  snapshot.encapsulations.push_back(overlay);
  snapshot.views = {{EndOf("10.0.0.9", 9), EndOf("10.0.0.9", 9), 0},  // of no listed connection
                    {EndOf("10.0.0.1", 40000), EndOf("10.96.0.10", 80), 0},
                    {EndOf("192.0.2.7", 1024), EndOf("10.0.0.2", 8080), 1}};
  snapshot.connections[1].first_view = 1;
  snapshot.connections[1].view_count = 2;
  const Json rows = Answer(snapshot)["connections"];
  EXPECT_FALSE(rows[0].contains("views"));
  EXPECT_EQ(rows[1]["views"], Json::parse(R"([
      {"client":{"address":"10.0.0.1","port":40000},"server":{"address":"10.96.0.10","port":80},
       "vlans":[],"tunnels":[]},
      {"client":{"address":"192.0.2.7","port":1024},"server":{"address":"10.0.0.2","port":8080},
       "vlans":[],"tunnels":[{"type":"geneve","id":3}]}])"));
  EXPECT_FALSE(rows[2].contains("views"));
}

TEST(ConnectionsJson, TellsWhoIsAtEachEnd) {
  Snapshot snapshot = ExampleSnapshot();
  snapshot.identities = {nullptr, ExamplePod(), ExampleUnit(), ExampleGuess()};
  snapshot.connections[0].client_identity = 2;
  snapshot.connections[0].server_identity = 1;
  snapshot.connections[1].server_identity = 3;
  const Json rows = Answer(snapshot)["connections"];
  EXPECT_EQ(rows[0]["client"], Json::parse(R"({"address":"198.51.100.7","port":50000,
      "workload":"Postgres@15-main.service","workload_kind":"unit"})"));
  EXPECT_EQ(rows[0]["server"], Json::parse(R"({"address":"192.0.2.1","port":443,"namespace":"shop","workload":"web",
      "workload_kind":"Deployment","pod":"web-5d4f8b6c5-x2x4z","container":"nginx","service_name":"front",
      "node":"node7","zone":"zone-a","comm":"ng\"\u001b[2J\ufffd"})"));
  EXPECT_EQ(rows[1]["client"].size(), 2u) << "what is unknown is left out";
  EXPECT_EQ(rows[1]["server"]["workload"], "ledger");
  EXPECT_EQ(rows[1]["server"]["workload_kind"], "ReplicaSet(guess)");
}

TEST(ConnectionsJson, FiltersAndSortsByTheNamesOfTheEnds) {
  Snapshot snapshot = ExampleSnapshot();
  snapshot.identities = {nullptr, ExamplePod(), ExampleUnit()};
  snapshot.connections[0].server_identity = 1;
  snapshot.connections[2].client_identity = 2;
  ConnectionQuery query;
  query.filter = "ns:shop";
  EXPECT_EQ(Answer(snapshot, query)["connections"].size(), 1u);
  query.filter = "";
  query.sort = ConnectionSort::kClientName;
  EXPECT_EQ(Answer(snapshot, query)["connections"][0]["id"], "13");
  query.sort = ConnectionSort::kServerName;
  EXPECT_EQ(Answer(snapshot, query)["connections"][0]["id"], "11");
}

TEST(ConnectionsJson, IdleTimeIsNeverNegative) {
  ConnectionQuery query;
  query.sort = ConnectionSort::kIdle;
  const Json rows = Answer(ExampleSnapshot(), query)["connections"];
  EXPECT_EQ(rows[0]["id"], "13");  // its last packet is newer than the snapshot
  EXPECT_EQ(rows[0]["idle_seconds"], 0);
}

TEST(ConnectionsJson, ListsWhatIsAskedFor) {
  ConnectionQuery query;
  query.filter = "port:443 !state:reset";
  query.limit = 1;
  query.reverse = true;
  const Json answer = Answer(ExampleSnapshot(), query);
  ASSERT_EQ(answer["connections"].size(), 1u);
  EXPECT_EQ(answer["connections"][0]["id"], "12");
  EXPECT_EQ(answer["matching"]["connections"], 2);
}

TEST(ConnectionsJson, NamesThatAreNotUtf8StayJson) {
  Snapshot snapshot = ExampleSnapshot();
  snapshot.interfaces[0].name = "a\"\xff\n";
  EXPECT_EQ(Answer(snapshot)["connections"][0]["interface"], "a\"\xef\xbf\xbd\n");
}

// The longest numbers, addresses and lists that a connection can have.
ConnectionSummary LongestConnection() {
  ConnectionSummary connection;
  connection.id = UINT64_MAX;
  connection.client = {*IpAddress::Parse("1111:2222:3333:4444:5555:6666:7777:8888"), 65535};
  connection.server = connection.client;
  connection.service = connection.client;
  connection.role = Role::kObserved;
  connection.state = ConnectionState::kSynReceived;
  connection.interface = 1;
  connection.encapsulation = 1;
  connection.start_time_ns = connection.last_packet_time_ns = INT64_MIN + 1;
  connection.handshake_rtt_ns = connection.rtt_ns = connection.response_ns = INT64_MIN + 1;
  connection.responses = UINT32_MAX;
  connection.server_min_rtt_ns = connection.client_min_rtt_ns = INT64_MIN / 2 + 1;
  connection.window_payload_bytes = UINT64_MAX;
  DirectionSummary& sent = connection.client_sent;
  sent.packets = sent.payload_bytes = sent.ip_bytes = UINT64_MAX;
  sent.retransmitted_segments = sent.out_of_order_segments = sent.zero_windows = UINT32_MAX;
  sent.payload_bytes_per_second = -1.2345678901234567e-300;
  connection.server_sent = sent;
  connection.client_sent.payload_bytes_per_second = 1.2345678901234567e300;
  return connection;
}

TEST(ConnectionsJson, TheTextIsAllocatedOnceHoweverLongItIs) {
  Snapshot snapshot;
  snapshot.interfaces.resize(1024);
  for (InterfaceView& interface : snapshot.interfaces) {
    interface.name = std::string(256, '\x01');  // each byte takes six
    interface.dropped_packets = UINT64_MAX;
    interface.up = false;
  }
  Encapsulation encapsulation;
  for (size_t i = 0; i < Encapsulation::kMaxVlans; ++i) encapsulation.AddVlan(4095);
  for (size_t i = 0; i < Encapsulation::kMaxTunnels; ++i) {
    encapsulation.AddTunnel({TunnelType::kFabricPath, true, UINT32_MAX});
  }
  snapshot.encapsulations.push_back(encapsulation);
  snapshot.connections.assign(2000, LongestConnection());
  ConnectionQuery query;
  query.limit = snapshot.connections.size();
  const std::string text = ConnectionsJson(snapshot, query, std::string(64, 'n'));
  constexpr size_t kNameBytes = 256 * 6 + 2;
  constexpr size_t kPlannedBytes = 2048 + 1024 * (96 + kNameBytes) + 2000 * (1504 + kNameBytes);
  EXPECT_EQ(text.capacity(), kPlannedBytes) << "the text has grown";
  EXPECT_GT(text.size(), kPlannedBytes / 10 * 9) << "far too much is planned";
}

TEST(ConnectionsJson, TheTextIsAllocatedOnceWithServicesAndViewsToo) {
  Snapshot snapshot;
  snapshot.interfaces.resize(1);
  Encapsulation encapsulation;
  for (size_t i = 0; i < Encapsulation::kMaxVlans; ++i) encapsulation.AddVlan(4095);
  for (size_t i = 0; i < Encapsulation::kMaxTunnels; ++i) {
    encapsulation.AddTunnel({TunnelType::kMplsInUdp, true, UINT32_MAX});
  }
  snapshot.encapsulations.push_back(encapsulation);
  ConnectionSummary connection = LongestConnection();
  connection.interface = 0;
  connection.service.port = 65534;
  snapshot.views.assign(8, {connection.client, connection.server, 1});
  connection.view_count = 8;
  snapshot.connections.assign(2000, connection);
  ConnectionQuery query;
  query.limit = snapshot.connections.size();
  const std::string text = ConnectionsJson(snapshot, query, "node");
  constexpr size_t kPlannedBytes = 2048 + 96 + 2 + 2000 * (1504 + 2 + 96 + 8 * 384);
  EXPECT_EQ(text.capacity(), kPlannedBytes) << "the text has grown";
  EXPECT_GT(text.size(), kPlannedBytes / 10 * 9) << "far too much is planned";
}

TEST(ConnectionsJson, TheTextIsAllocatedOnceWithTheLongestNamesToo) {
  const std::string name(kMaxNameBytes, 'n');
  EndIdentity longest = {name, name, name, true, name, name, name, name, name, std::string(1000, '\x01')};
  Snapshot snapshot;
  snapshot.interfaces.resize(1);
  snapshot.identities.push_back(IdentityOf(1, longest));
  ConnectionSummary connection = LongestConnection();
  connection.interface = connection.encapsulation = 0;
  connection.client_identity = connection.server_identity = 1;
  snapshot.connections.assign(2000, connection);
  ConnectionQuery query;
  query.limit = snapshot.connections.size();
  const std::string text = ConnectionsJson(snapshot, query, "node");
  const size_t planned = 2048 + 96 + 2 + 2000 * (1504 + 2 + 2 * (160 + 8 * kMaxNameBytes + 7 + 6 * kMaxCommBytes));
  EXPECT_EQ(text.capacity(), planned) << "the text has grown";
  EXPECT_GT(text.size(), planned / 10 * 9) << "far too much is planned";
}

TEST(ConnectionsJson, StopsAtEachPointAtWhichItAsks) {
  Snapshot snapshot = ExampleSnapshot();
  snapshot.connections.resize(1000, snapshot.connections[0]);
  ConnectionQuery query;
  query.limit = snapshot.connections.size();
  int calls = 0;
  const std::optional<std::string> whole = ConnectionsJson(snapshot, query, "node", [&calls] {
    ++calls;
    return false;
  });
  EXPECT_EQ(whole, ConnectionsJson(snapshot, query, "node"));
  EXPECT_GE(calls, static_cast<int>(2 * snapshot.connections.size() / kRowsBetweenStops))
      << "when choosing and writing";
  for (int stop_at = 1; stop_at <= calls; ++stop_at) {
    int asked = 0;
    EXPECT_FALSE(ConnectionsJson(snapshot, query, "node", [&] { return ++asked >= stop_at; }).has_value());
    EXPECT_EQ(asked, stop_at) << "it goes on";
  }
}

TEST(ConnectionsJson, AnEmptySnapshotHasNoConnections) { EXPECT_EQ(Answer(Snapshot())["connections"], Json::array()); }

TEST(ParseConnectionQuery, TakesSortLimitAndFilter) {
  const auto query = Parse({{"sort", "-idle"}, {"limit", "5"}, {"filter", "host:10.0.0.0/8"}, {"other", "x"}});
  ASSERT_TRUE(query.ok());
  EXPECT_EQ(*query, (ConnectionQuery{ConnectionSort::kIdle, true, "host:10.0.0.0/8", 5}));
  EXPECT_EQ(*Parse({}), ConnectionQuery());
  EXPECT_EQ(Parse({{"limit", "10000"}})->limit, kMaxConnectionsListed);
}

TEST(ParseConnectionQuery, NamesWhatIsWrong) {
  EXPECT_THAT(std::string(Parse({{"sort", "speed"}}).status().message()),
              HasSubstr("sort: \"speed\" is not one of start, rate, bytes"));
  EXPECT_THAT(std::string(Parse({{"sort", "-"}}).status().message()), HasSubstr("sort: \"-\""));
  for (const char* limit : {"10001", "-1", "5x", "99999999999999999999"}) {
    EXPECT_THAT(std::string(Parse({{"limit", limit}}).status().message()),
                HasSubstr("is not a number from 0 to 10000"));
  }
  EXPECT_THAT(std::string(Parse({{"filter", "port:x"}}).status().message()), HasSubstr("filter: \"port:x\""));
}

TEST(ParseConnectionQuery, TakesEachParameterOnce) {
  const std::pair<const char*, const char*> parameters[] = {{"sort", "rate"}, {"limit", "5"}, {"filter", "eth0"}};
  for (const auto& [name, value] : parameters) {
    EXPECT_EQ(Parse({{name, value}, {"other", "x"}, {name, ""}}).status(),
              absl::InvalidArgumentError(std::string(name) + ": is given 2 times; give it once"));
    EXPECT_EQ(Parse(HttpFields(300, {name, value})).status(),
              absl::InvalidArgumentError(std::string(name) + ": is given 300 times; give it once"));
  }
  EXPECT_TRUE(Parse(HttpFields(300, {"other", "x"})).ok());
}

TEST(ParseConnectionQuery, AnErrorIsShortHoweverLongTheValueIs) {
  for (const char* name : {"sort", "limit", "filter"}) {
    for (const std::string& value : {std::string(30000, 'x'), std::string(30000, '\x01'), std::string(30000, '\xff'),
                                     "-" + std::string(30000, '9'), "port:" + std::string(30000, ',')}) {
      const absl::Status error = Parse({{name, value}}).status();
      EXPECT_EQ(error.code(), absl::StatusCode::kInvalidArgument);
      EXPECT_LT(error.message().size(), 1000u) << name;
    }
  }
  EXPECT_EQ(Parse({{"limit", std::string(101, '9')}}).status().message(),
            "limit: \"" + std::string(100, '9') + "\" and so on is not a number from 0 to 10000");
}

TEST(ParseConnectionQuery, ListsOfValuesAreNoValues) {
  for (const auto& [name, value] : HttpFields{{"sort", "rate,bytes"},
                                              {"sort", "--rate"},
                                              {"limit", "1,2"},
                                              {"limit", "+5"},
                                              {"limit", "0x10"},
                                              {"limit", "1e3"},
                                              {"limit", " 5"},
                                              {"filter", "port:1,2"},
                                              {"filter", "host:10.0.0.0/8,11.0.0.0/8"}}) {
    EXPECT_FALSE(Parse({{name, value}}).ok()) << name << "=" << value;
  }
}

}  // namespace
}  // namespace tcpgauge
