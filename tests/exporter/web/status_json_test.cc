// SPDX-License-Identifier: Apache-2.0
#include "exporter/web/status_json.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/exporter/metrics/example_snapshot.h"

namespace tcpgauge {
namespace {

TEST(StatusJson, SaysWhatTheSnapshotSays) {
  const auto status =
      nlohmann::json::parse(StatusJson(ExampleSnapshot(), {"1.2.3", "0123abc"}, {1000000, 5000, 100, 400, 40},
                                       {{"interface", "eth0,\xff"}, {"tui", "false"}}, "port 443 \xff"));
  EXPECT_EQ(status["flags"]["interface"], "eth0,\xef\xbf\xbd");
  EXPECT_EQ(status["flags"]["tui"], "false");
  EXPECT_EQ(status["capture_filter"], "port 443 \xef\xbf\xbd");
  EXPECT_EQ(status["version"], "1.2.3");
  EXPECT_EQ(status["revision"], "0123abc");
  EXPECT_EQ(status["snapshot"], 7);
  EXPECT_EQ(status["time"], 1700000000.25);
  EXPECT_EQ(status["capture_start_time"], 1699999940.25);
  ASSERT_EQ(status["interfaces"].size(), 2u);
  EXPECT_EQ(status["interfaces"][0]["name"], "eth0");
  EXPECT_EQ(status["interfaces"][0]["packets"]["udp"], 20);
  EXPECT_EQ(status["interfaces"][0]["wire_bytes"]["tcp"], 1000000);
  EXPECT_EQ(status["interfaces"][0]["dropped_packets"], 5);
  EXPECT_EQ(status["interfaces"][1]["duplicate_packets"],
            nlohmann::json::parse(R"({"interface": 4, "translated": 3, "encapsulated": 4})"));
  EXPECT_EQ(status["interfaces"][1]["up"], false);
  EXPECT_EQ(status["retired_interfaces"]["packets"]["udp"], 30);
  EXPECT_EQ(status["retired_interfaces"]["wire_bytes"]["tcp"], 4000);
  EXPECT_EQ(status["retired_interfaces"]["dropped_packets"], 6);
  EXPECT_EQ(status["retired_interfaces"]["duplicate_packets"]["encapsulated"], 9);
  EXPECT_EQ(status["decode_errors"]["truncated_tcp"], 3);
  EXPECT_EQ(status["overflows"]["sequence_gaps"], 2);
  EXPECT_EQ(status["connections"]["established"], 7);
  EXPECT_EQ(status["limits"]["max_connections"], 1000000);
  EXPECT_EQ(status["limits"]["series_limit"], 5000);
  EXPECT_EQ(status["limits"]["metrics_connections"], 100);
  EXPECT_EQ(status["limits"]["metrics_edges"], 400);
  EXPECT_EQ(status["limits"]["response_bytes"], 40);
}

TEST(StatusJson, SaysHowManyEndsCanHaveNames) {
  AgentLimits limits;
  limits.named_endpoints = 7;
  EXPECT_EQ(nlohmann::json::parse(StatusJson(ExampleSnapshot(), {}, limits, {}, ""))["limits"]["named_endpoints"], 7);
}

TEST(StatusJson, CountsWhatIsNoLongerListedAsRetired) {
  Snapshot snapshot = ExampleSnapshot();
  snapshot.interfaces[1].is_forgotten = true;
  snapshot.other_interfaces.packets[1] = 100;
  const auto status = nlohmann::json::parse(StatusJson(snapshot, {}, {}, {}, ""));
  EXPECT_EQ(status["interfaces"].size(), 1u);
  EXPECT_EQ(status["retired_interfaces"]["packets"]["udp"], 130);
}

TEST(StatusJson, TakesNamesOfAnyBytes) {
  Snapshot snapshot = ExampleSnapshot();
  snapshot.interfaces[0].name = "a\xff\"\n";
  EXPECT_EQ(nlohmann::json::parse(StatusJson(snapshot, {}, {}, {}, ""))["interfaces"][0]["name"], "a\xef\xbf\xbd\"\n");
}

}  // namespace
}  // namespace tcpgauge
