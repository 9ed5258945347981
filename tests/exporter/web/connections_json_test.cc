// SPDX-License-Identifier: Apache-2.0
#include "exporter/web/connections_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/exporter/metrics/example_snapshot.h"

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
  EXPECT_DOUBLE_EQ(row["rtt_seconds"], 0.012345678);
  EXPECT_TRUE(row["handshake_rtt_seconds"].is_null());
  EXPECT_EQ(row["client_payload_bytes"], 1234);
  EXPECT_EQ(row["server_payload_bytes"], 9007199254740993);
  EXPECT_DOUBLE_EQ(row["client_payload_bytes_per_second"], 100.5);
  EXPECT_DOUBLE_EQ(row["server_payload_bytes_per_second"], 333333333.3);
  EXPECT_EQ(row["server_retransmitted_segments"], 9);
  EXPECT_EQ(row["window_payload_bytes"], 5000);
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
  connection.client_sent = {1, 2, 3, 4, 5, 6, 7.25};
  connection.server_sent = {11, 12, 13, 14, 15, 16, 1e10};
  EXPECT_THAT(
      ConnectionsJson(snapshot, {}, "node"),
      HasSubstr("\"connections\":[\n"
                R"({"id":"18446744073709551615","client":{"address":"198.51.100.7","port":50000},)"
                R"("server":{"address":"192.0.2.1","port":443},"role":"observed","state":"closing","interface":"eth0",)"
                R"("vlans":[],"tunnels":[],"start_time":1699999999.000000001,"last_packet_time":1699999998.750000000,)"
                R"("idle_seconds":1.500000000,"handshake_rtt_seconds":0.999999999,"rtt_seconds":0.012345678,)"
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

}  // namespace
}  // namespace tcpgauge
