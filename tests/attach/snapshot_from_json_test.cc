// SPDX-License-Identifier: Apache-2.0
#include "src/attach/snapshot_from_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "exporter/web/connections_json.h"
#include "tests/exporter/metrics/example_snapshot.h"

namespace tcpgauge {
namespace {

Snapshot ThroughJson(const Snapshot& snapshot, const ConnectionQuery& query = {}) {
  return SnapshotFromJson(ConnectionsJson(snapshot, query, "node7")).value();
}

TEST(SnapshotFromJson, ReadsBackAllThatTheAgentWrote) {
  Snapshot original = ExampleSnapshot();
  Encapsulation encapsulation;
  encapsulation.AddVlan(7);
  encapsulation.AddTunnel({TunnelType::kVxlan, true, 5000});
  encapsulation.AddTunnel({TunnelType::kGre, false, 0});
  original.encapsulations.push_back(encapsulation);
  original.connections[0].encapsulation = 1;
  original.connections[0].id = UINT64_MAX;
  original.connections[0].role = Role::kObserved;
  const Snapshot read = ThroughJson(original);
  EXPECT_EQ(read.agent, "node7");
  EXPECT_EQ(read.sequence, 7u);
  EXPECT_NEAR(read.time_ns, original.time_ns, 1000);
  EXPECT_EQ(read.connections_not_listed, 6u);
  ASSERT_EQ(read.interfaces.size(), 2u);
  EXPECT_EQ(read.interfaces[0].dropped_packets, 5u);
  EXPECT_FALSE(read.interfaces[1].up);
  ASSERT_EQ(read.connections.size(), 3u);
  for (size_t i = 0; i < 3; ++i) {
    const ConnectionSummary& is = read.connections[i];
    const ConnectionSummary& was = original.connections[i];
    EXPECT_EQ(is.id, was.id);
    EXPECT_EQ(is.client, was.client);
    EXPECT_EQ(is.server, was.server);
    EXPECT_EQ(is.state, was.state);
    EXPECT_EQ(is.role, was.role);
    EXPECT_EQ(read.interfaces[is.interface].name, original.interfaces[was.interface].name);
    EXPECT_TRUE(read.encapsulations[is.encapsulation] == original.encapsulations[was.encapsulation]);
    EXPECT_NEAR(is.start_time_ns, was.start_time_ns, 1000);
    EXPECT_NEAR(is.last_packet_time_ns, was.last_packet_time_ns, 1000);
    EXPECT_NEAR(is.rtt_ns, was.rtt_ns, 1);
    EXPECT_EQ(is.handshake_rtt_ns, ConnectionSummary::kUnknown);
    EXPECT_EQ(is.payload_bytes(), was.payload_bytes());
    EXPECT_NEAR(is.payload_bytes_per_second(), was.payload_bytes_per_second(), 0.1);
    EXPECT_EQ(is.server_sent.retransmitted_segments, was.server_sent.retransmitted_segments);
  }
}

TEST(SnapshotFromJson, WhatIsNotListedIsKnownAsASum) {
  ConnectionQuery query;
  query.limit = 1;
  query.reverse = true;  // the heaviest connection is not listed
  const Snapshot original = ExampleSnapshot();
  const Snapshot read = ThroughJson(original, query);
  EXPECT_EQ(read.connections.size(), 1u);
  EXPECT_EQ(read.connections_not_listed, 8u);
  EXPECT_EQ(read.not_listed_client_sent.payload_bytes, 1234u);
  EXPECT_NEAR(read.not_listed_server_sent.payload_bytes_per_second, 1e9 / 3, 0.1);
  EXPECT_EQ(ThroughJson(original).not_listed_client_sent.payload_bytes, 0u);
}

TEST(SnapshotFromJson, RefusesWhatIsNoAnswerOfAnAgent) {
  for (const char* text :
       {"", "<html>", "[]", "{}", "{\"connections\":[]}", "{\"connections\":7,\"time\":1}",
        "{\"time\":1,\"connections\":[7]}", "{\"time\":1,\"connections\":[{\"id\":\"\"}]}",
        "{\"time\":1,\"connections\":[{\"id\":\"1x\",\"client\":{\"address\":\"1.2.3.4\",\"port\":1},"
        "\"server\":{\"address\":\"1.2.3.4\",\"port\":1}}]}",
        "{\"time\":1,\"connections\":[{\"id\":\"1\",\"client\":{\"address\":\"1.2.3.4\",\"port\":65536},"
        "\"server\":{\"address\":\"1.2.3.4\",\"port\":1}}]}"}) {
    EXPECT_TRUE(absl::IsInvalidArgument(SnapshotFromJson(text).status())) << text;
  }
}

TEST(SnapshotFromJson, AnswersOfAnyShapeAreReadSafely) {
  // Changes every third byte of a true answer, one at a time, to bytes that matter to JSON.
  const std::string text = ConnectionsJson(ExampleSnapshot(), {}, "node7");
  for (size_t i = 0; i < text.size(); i += 3) {
    for (const char c : {'0', '"', '-', '[', '}', 'e', '\xff'}) {
      std::string broken = text;
      broken[i] = c;
      const auto snapshot = SnapshotFromJson(broken);
      if (!snapshot.ok()) continue;
      for (const ConnectionSummary& connection : snapshot->connections) {
        ASSERT_LT(connection.interface, snapshot->interfaces.size());
        ASSERT_LT(connection.encapsulation, snapshot->encapsulations.size());
      }
    }
  }
}

}  // namespace
}  // namespace tcpgauge
