// SPDX-License-Identifier: Apache-2.0
#include "exporter/web/edges_json.h"

#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "exporter/web/services_json.h"
#include "src/naming/identity_text.h"
#include "src/naming/name_rule.h"
#include "tests/exporter/metrics/example_snapshot.h"
#include "tests/support/example_identities.h"
#include "tests/support/segment.h"

namespace tcpgauge {
namespace {

using Json = nlohmann::json;

bool GoOn() { return false; }

Json Edges(const Snapshot& snapshot, const EdgeQuery& query = {}) {
  return Json::parse(*EdgesJson(snapshot, query, "node \"7\"", GoOn));
}
Json Services(const Snapshot& snapshot, const EdgeQuery& query = {}) {
  return Json::parse(*ServicesJson(snapshot, query, "node \"7\"", GoOn));
}

// A snapshot with one edge, of which all is known.
Snapshot OneEdge() {
  Snapshot snapshot = ExampleSnapshot();
  EdgeView& edge = snapshot.edges.exported.at(0);
  edge.client = ExampleUnit();
  edge.server = ExamplePod();
  edge.counters.client_payload_bytes = 1;
  edge.counters.server_payload_bytes = 2;
  edge.counters.segments = 3;
  edge.counters.retransmitted_segments = 4;
  edge.counters.out_of_order_segments = 5;
  edge.counters.syn_retransmissions = 6;
  edge.counters.connections_opened = 7;
  edge.counters.connections_refused = 8;
  edge.counters.connections_timed_out = 9;
  edge.counters.handshake_rtt_count = 2;
  edge.counters.handshake_rtt_sum_seconds = 0.5;
  edge.distributions.handshake_rtt_seconds.Observe(0.25);
  edge.distributions.handshake_rtt_seconds.Observe(0.25);
  edge.counters.connections = 10;
  edge.counters.stalled = 11;
  EdgeCounters change;
  change.client_payload_bytes = 100;
  change.server_payload_bytes = 200;
  change.segments = 30;
  change.retransmitted_segments = 1;
  change.connections_opened = 5;
  change.connections_refused = 1;
  change.connections_timed_out = 2;
  change.response_count = 4;
  change.response_sum_seconds = 1;
  snapshot.edge_changes.seconds = 2;
  snapshot.edge_changes.exported = {change};
  snapshot.edge_changes.other.client_payload_bytes = 50;
  snapshot.edges.other.client_payload_bytes = 1000;
  snapshot.edges.retired.client_payload_bytes = 30;
  return snapshot;
}

TEST(EdgesJson, TellsAllOfAnEdge) {
  const Json answer = Edges(OneEdge());
  EXPECT_EQ(answer["agent"], "node \"7\"");
  EXPECT_EQ(answer["sequence"], 7);
  EXPECT_DOUBLE_EQ(answer["time"], 1700000000.25);
  EXPECT_DOUBLE_EQ(answer["recent_seconds"], 2);
  EXPECT_EQ(answer["edges_in_all"], 1);
  ASSERT_EQ(answer["edges"].size(), 1u);
  Json edge = answer["edges"][0];
  EXPECT_EQ(edge["response_buckets"]["scale"], 3);
  EXPECT_EQ(edge["response_buckets"]["zeros"], 1);
  EXPECT_LT(edge["response_buckets"]["first"], -80);
  EXPECT_EQ(edge["response_buckets"]["counts"].front(), 1);
  EXPECT_EQ(edge["response_buckets"]["counts"].back(), 2);
  EXPECT_EQ(edge["handshake_rtt_buckets"],
            Json::parse(R"({"scale":3,"zeros":0,"first":-17,"counts":[2]})"));  // up to 2^-2
  EXPECT_NEAR(edge["response_quantiles_seconds"]["p95"], 0.002, 0.0002);
  EXPECT_NEAR(edge["handshake_rtt_quantiles_seconds"]["p50"], 0.25, 0.025);
  for (const char* known :
       {"response_buckets", "handshake_rtt_buckets", "response_quantiles_seconds", "handshake_rtt_quantiles_seconds"}) {
    edge.erase(known);
  }
  EXPECT_EQ(edge, Json::parse(R"({
      "client":{"address":"198.51.100.7","workload":"Postgres@15-main.service","workload_kind":"unit"},
      "server":{"address":"192.0.2.1","port":443,"namespace":"shop","workload":"web","workload_kind":"Deployment",
        "pod":"web-5d4f8b6c5-x2x4z","container":"nginx","service_name":"front","node":"node7","zone":"zone-a",
        "comm":"ng\"\u001b[2J\ufffd"},
      "addressed_as":[{"address":"203.0.113.10","port":8443},{"address":"192.0.2.1","port":30443}],
      "start_time":1699999950.25,
      "client_payload_bytes":1,"server_payload_bytes":2,"segments":3,"retransmitted_segments":4,
      "out_of_order_segments":5,"syn_retransmissions":6,"connections_opened":7,"connections_refused":8,
      "connections_timed_out":9,"connections":10,"connections_stalled":11,"responses":4,"response_seconds":0.00109375,
      "handshake_rtts":2,"handshake_rtt_seconds":0.25,
      "recent":{"client_payload_bytes_per_second":50.0,"server_payload_bytes_per_second":100.0,
        "segments_per_second":15.0,"retransmitted_segments_per_second":0.5,"connections_opened_per_second":2.5,
        "connections_failed_per_second":1.5,"responses_per_second":2.0,"response_seconds":0.25,
        "handshake_rtt_seconds":null}})"));
}

TEST(EdgesJson, TellsTheSumsOfInterfaces) {
  Snapshot snapshot = OneEdge();
  snapshot.has_interface_accounts = true;
  snapshot.interfaces = std::vector<InterfaceView>(3);
  snapshot.interfaces[0].name = "eth\"0";
  snapshot.interfaces[0].open_connections = 4;
  snapshot.interfaces[0].stalled_connections = 1;
  snapshot.interfaces[0].account.segments = 200;
  snapshot.interfaces[0].account.retransmitted_segments = 3;
  snapshot.interfaces[1].is_forgotten = snapshot.interfaces[2].is_forgotten = true;
  snapshot.interfaces[2].name = "veth7";
  snapshot.interfaces[2].open_connections = 1;
  snapshot.edge_changes.interfaces.resize(3);
  snapshot.edge_changes.interfaces[0].segments = 10;
  const Json answer = Edges(snapshot);
  EXPECT_EQ(answer["interfaces_in_all"], 2);
  ASSERT_EQ(answer["interfaces"].size(), 2u);
  const Json& interface = answer["interfaces"][0];
  EXPECT_EQ(interface["name"], "eth\"0");
  EXPECT_EQ(interface["connections"], 4);
  EXPECT_EQ(interface["connections_stalled"], 1);
  EXPECT_EQ(interface["segments"], 200);
  EXPECT_EQ(interface["retransmitted_segments"], 3);
  EXPECT_EQ(interface["recent"]["segments_per_second"], 5.0);
  EXPECT_TRUE(interface["response_quantiles_seconds"].is_null());
  EXPECT_EQ(answer["interfaces"][1]["name"], "veth7");
  EXPECT_EQ(answer["edges"].size(), 1u);
}

TEST(EdgesJson, ListsManyInterfacesWithinABound) {
  Snapshot snapshot;
  snapshot.has_interface_accounts = true;
  snapshot.interfaces.resize(1000);
  const Json answer = Edges(snapshot);
  EXPECT_EQ(answer["interfaces_in_all"], 1000);
  EXPECT_EQ(answer["interfaces"].size(), 256u);
  EXPECT_TRUE(answer["interfaces"][0]["recent"].is_null());
}

TEST(EdgesJson, WhatIsUnknownIsNullOrLeftOut) {
  Snapshot snapshot;
  snapshot.edges.exported.resize(1);
  const Json answer = Edges(snapshot);
  EXPECT_TRUE(answer["recent_seconds"].is_null());
  const Json& edge = answer["edges"][0];
  for (const char* name : {"recent", "response_seconds", "response_quantiles_seconds", "handshake_rtt_seconds",
                           "handshake_rtt_quantiles_seconds"}) {
    EXPECT_TRUE(edge.at(name).is_null()) << name;
  }
  EXPECT_EQ(edge["client"], Json::parse(R"({"address":"::"})"));
  EXPECT_EQ(edge["server"], Json::parse(R"({"address":"::","port":0})"));
  EXPECT_FALSE(edge.contains("addressed_as"));
  EXPECT_EQ(edge["response_buckets"]["counts"], Json::array());
}

TEST(EdgesJson, PrefixesSayHowLongTheyAre) {
  Snapshot snapshot;
  snapshot.edges.v4_prefix_bits = 24;
  snapshot.edges.v4_server_prefix_bits = 0;
  snapshot.edges.exported.resize(3);
  for (EdgeView& edge : snapshot.edges.exported) edge.key = {At("10.0.0.0:0").address, At("10.0.1.0:80")};
  snapshot.edges.exported[1].key.is_server_prefix = true;
  snapshot.edges.exported[2].key.client = At("[2001:db8::]:0").address;
  EdgeQuery query;
  query.sort = EdgeSort::kClient;
  const Json edges = Edges(snapshot, query)["edges"];
  EXPECT_EQ(edges[0]["client"], Json::parse(R"({"address":"10.0.0.0","prefix_length":24})"));
  EXPECT_FALSE(edges[0]["server"].contains("prefix_length"));
  EXPECT_EQ(edges[1]["server"], Json::parse(R"({"address":"10.0.1.0","prefix_length":0,"port":80})"));
  EXPECT_EQ(edges[2]["client"], Json::parse(R"({"address":"2001:db8::"})"));
}

TEST(EdgesJson, NothingIsHiddenWhateverTheLimit) {
  EdgeQuery query;
  query.limit = 0;
  for (const Json& answer : {Edges(OneEdge(), query), Services(OneEdge(), query)}) {
    EXPECT_EQ(answer["totals"]["client_payload_bytes"], 1031);
    EXPECT_EQ(answer["other"]["client_payload_bytes"], 1030);
    EXPECT_EQ(answer["totals"]["connections"], 13);
    EXPECT_EQ(answer["totals"]["recent"]["client_payload_bytes_per_second"], 75.0);
    EXPECT_EQ(answer["other"]["recent"]["client_payload_bytes_per_second"], 25.0);
  }
  EXPECT_EQ(Edges(OneEdge(), query)["edges"], Json::array());
  EXPECT_EQ(Edges(OneEdge(), query)["edges_in_all"], 1);
  EXPECT_EQ(Services(OneEdge(), query)["services"], Json::array());
  EXPECT_EQ(Services(OneEdge(), query)["services_in_all"], 1);
}

TEST(EdgesJson, ListsWhatIsAskedFor) {
  Snapshot snapshot;
  snapshot.edges.exported.resize(3);
  for (uint16_t i = 0; i < 3; ++i) {
    snapshot.edges.exported[i].key.server.port = i;
    snapshot.edges.exported[i].counters.client_payload_bytes = i % 2;
  }
  EdgeQuery query{EdgeSort::kBytes, true, 2};
  const Json answer = Edges(snapshot, query);
  ASSERT_EQ(answer["edges"].size(), 2u);
  EXPECT_EQ(answer["edges"][0]["server"]["port"], 2);
  EXPECT_EQ(answer["edges"][1]["server"]["port"], 0);
  EXPECT_EQ(answer["edges_in_all"], 3);
}

TEST(ServicesJson, AddsUpTheEdgesOfAServer) {
  Snapshot snapshot = OneEdge();
  snapshot.edges.exported.push_back(snapshot.edges.exported[0]);
  snapshot.edges.exported[1].key.client = At("198.51.100.8:0").address;
  snapshot.edges.exported.emplace_back().key = {At("198.51.100.8:0").address, At("192.0.2.1:80")};
  snapshot.edge_changes.exported.push_back(snapshot.edge_changes.exported[0]);
  snapshot.edge_changes.exported.emplace_back();
  const Json answer = Services(snapshot);
  EXPECT_EQ(answer["services_in_all"], 2);
  EXPECT_DOUBLE_EQ(answer["recent_seconds"], 2);
  const Json& service = answer["services"][0];
  EXPECT_EQ(service["server"]["port"], 443);
  EXPECT_EQ(service["server"]["pod"], "web-5d4f8b6c5-x2x4z");
  EXPECT_EQ(service["addressed_as"].size(), 2u);
  EXPECT_EQ(service["clients"], 2);
  EXPECT_EQ(service["edges"], 2);
  EXPECT_EQ(service["connections"], 20);
  EXPECT_EQ(service["responses"], 8);
  EXPECT_NEAR(service["response_quantiles_seconds"]["p99"], 0.002, 0.0002);
  EXPECT_EQ(service["recent"]["client_payload_bytes_per_second"], 100.0);
  EXPECT_FALSE(service.contains("client"));
  EXPECT_FALSE(service.contains("response_buckets"));
  EXPECT_EQ(answer["services"][1]["clients"], 1);
}

// An edge with the longest numbers, addresses, names and lists.
Snapshot LongestEdges(size_t count) {
  const std::string name(kMaxNameBytes, 'n');
  const IdentityRef identity =
      IdentityOf(1, {name, name, name, true, name, name, name, name, name, std::string(1000, '\x01')});
  Snapshot snapshot;
  snapshot.edges.v6_prefix_bits = snapshot.edges.v6_server_prefix_bits = 127;
  EdgeView edge;
  edge.client = edge.server = identity;
  edge.key.client = At("[1111:2222:3333:4444:5555:6666:7777:8888]:0").address;
  edge.key.server = {edge.key.client, 65535};
  edge.key.is_server_prefix = true;
  edge.services.Add({edge.key.client, 65534});
  edge.services.Add({edge.key.client, 65533});
  edge.start_time_ns = INT64_MIN + 1;
  EdgeCounters& counters = edge.counters;
  counters.client_payload_bytes = counters.server_payload_bytes = counters.segments = UINT64_MAX;
  counters.retransmitted_segments = counters.out_of_order_segments = counters.syn_retransmissions = UINT64_MAX;
  counters.connections_opened = counters.connections_refused = counters.connections_timed_out = UINT64_MAX / 2;
  counters.handshake_rtt_count = counters.response_count = UINT64_MAX;
  counters.handshake_rtt_sum_seconds = counters.response_sum_seconds = 1.2345678901234567e300;
  counters.connections = counters.stalled = INT64_MAX / 1000;  // they are added up
  for (ExponentialBuckets* buckets :
       {&edge.distributions.handshake_rtt_seconds, &edge.distributions.response_seconds}) {
    for (size_t i = 0; i < ExponentialBuckets::kMaxBuckets; ++i) {
      buckets->Observe(std::exp2((static_cast<double>(i) - 75.5) / 8));
    }
    for (int doubled = 0; doubled < 60; ++doubled) buckets->Add(ExponentialBuckets(*buckets));
  }
  snapshot.edge_changes.seconds = 1e-7;
  snapshot.has_interface_accounts = true;
  InterfaceView interface;
  interface.name = std::string(40, '\x01');
  interface.account = counters;
  interface.open_connections = interface.stalled_connections = INT64_MAX;
  snapshot.interfaces.assign(300, interface);
  snapshot.edge_changes.interfaces.assign(300, counters);
  for (size_t i = 0; i < count; ++i) {
    snapshot.edges.exported.push_back(edge);
    snapshot.edge_changes.exported.push_back(counters);
    edge.key.server.address = At("[1111:2222:3333:4444:5555:6666:7777:" + std::to_string(1000 + i) + "]:0").address;
  }
  return snapshot;
}

TEST(EdgesJson, TheTextIsAllocatedOnceHoweverLongItIs) {
  const Snapshot snapshot = LongestEdges(500);
  EdgeQuery query;
  query.limit = 500;
  const std::string edges = *EdgesJson(snapshot, query, std::string(64, '\x01'), GoOn);
  const size_t edges_planned = edges.capacity();
  EXPECT_GT(edges.size(), edges_planned / 10 * 8) << "far too much is planned";
  const std::string services = *ServicesJson(snapshot, query, std::string(64, '\x01'), GoOn);
  EXPECT_GT(services.size(), services.capacity() / 10 * 7) << "far too much is planned";
}

TEST(EdgesJson, StopsAtEachPointAtWhichItAsks) {
  const Snapshot snapshot = LongestEdges(600);
  EdgeQuery query;
  query.limit = 600;
  for (const auto& json : {EdgesJson, ServicesJson}) {
    int calls = 0;
    const auto count = [&calls] { return ++calls < 0; };
    const auto whole = json(snapshot, query, "node", count);
    EXPECT_EQ(whole, json(snapshot, query, "node", GoOn));
    EXPECT_GE(calls, 600 / 64 + 3) << "when adding up, sorting and writing";
    for (int stop_at = 1; stop_at <= calls; ++stop_at) {
      int asked = 0;
      EXPECT_FALSE(json(snapshot, query, "node", [&] { return ++asked >= stop_at; }).has_value());
      EXPECT_EQ(asked, stop_at) << "it goes on";
    }
  }
}

TEST(EdgesJson, AnEmptySnapshotHasNoEdges) {
  EXPECT_EQ(Edges(Snapshot())["edges"], Json::array());
  EXPECT_EQ(Services(Snapshot())["services"], Json::array());
}

}  // namespace
}  // namespace tcpgauge
