// SPDX-License-Identifier: Apache-2.0
#include "exporter/metrics/exposition.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "exporter/metrics/series_plan.h"
#include "tests/exporter/metrics/example_snapshot.h"

namespace tcpgauge {
namespace {

using testing::ElementsAre;

std::vector<uint64_t> ExportedIds(const Exposition& exposition) {
  std::vector<uint64_t> ids;
  for (const ExportedConnection& exported : exposition.connections) ids.push_back(exported.connection->id);
  return ids;
}

Snapshot WithConnections(std::vector<ConnectionSummary> connections) {
  Snapshot snapshot = ExampleSnapshot();
  snapshot.connections = std::move(connections);
  snapshot.connections_not_listed = 0;
  return snapshot;
}

TEST(Exposition, HoldsTheHeaviestAndCountsTheRest) {
  const Exposition all = ExampleExposition(ExampleSnapshot());
  EXPECT_THAT(ExportedIds(all), ElementsAre(11, 12, 13));
  EXPECT_EQ(all.connections_not_exported, 6u);
  const Exposition two = ExampleExposition(ExampleSnapshot(), 2);
  EXPECT_THAT(ExportedIds(two), ElementsAre(11, 12));
  EXPECT_EQ(two.connections_not_exported, 7u);
  const Exposition none = ExampleExposition(ExampleSnapshot(), 0);
  EXPECT_THAT(ExportedIds(none), ElementsAre());
  EXPECT_EQ(none.connections_not_exported, 9u);
}

TEST(Exposition, OfEqualLabelsExportsOneAndCountsTheOther) {
  ConnectionSummary in_vlan_1 = ExampleConnection(1, "198.51.100.7", 50000);
  ConnectionSummary in_vlan_2 = ExampleConnection(2, "198.51.100.7", 50000);
  in_vlan_1.encapsulation = 1;
  in_vlan_2.encapsulation = 2;
  in_vlan_1.client_sent.payload_bytes = 10;
  in_vlan_2.client_sent.payload_bytes = 20;
  const ConnectionSummary other = ExampleConnection(3, "198.51.100.8", 50000);
  const Exposition exposition = ExampleExposition(WithConnections({in_vlan_1, other, in_vlan_2}), 2);
  EXPECT_THAT(ExportedIds(exposition), ElementsAre(2, 3)) << "the one with more payload, in the heaviest's place";
  EXPECT_EQ(exposition.connections_not_exported, 1u);
}

TEST(Exposition, ShowsTheLivingIncarnationBesideOneThatLingers) {
  ConnectionSummary lingering = ExampleConnection(1, "198.51.100.7", 50000);
  lingering.state = ConnectionState::kClosed;
  lingering.client_sent.payload_bytes = 1000000;
  const ConnectionSummary living = ExampleConnection(2, "198.51.100.7", 50000);
  EXPECT_THAT(ExportedIds(ExampleExposition(WithConnections({lingering, living}))), ElementsAre(2));
}

TEST(Exposition, OfThoseThatEndedShowsTheLastAlsoIfItCarriedLess) {
  ConnectionSummary first = ExampleConnection(3, "198.51.100.7", 50000);
  ConnectionSummary last = ExampleConnection(2, "198.51.100.7", 50000);
  first.state = last.state = ConnectionState::kClosed;
  first.client_sent.payload_bytes = 1000000;
  last.last_packet_time_ns = first.last_packet_time_ns + 1;
  EXPECT_THAT(ExportedIds(ExampleExposition(WithConnections({first, last}))), ElementsAre(2));
  EXPECT_THAT(ExportedIds(ExampleExposition(WithConnections({last, first}))), ElementsAre(2));
}

TEST(Exposition, ShowsTheNewerOfTwoThatAreOtherwiseEqual) {
  const ConnectionSummary older = ExampleConnection(1, "198.51.100.7", 50000);
  const ConnectionSummary newer = ExampleConnection(2, "198.51.100.7", 50000);
  EXPECT_THAT(ExportedIds(ExampleExposition(WithConnections({older, newer}))), ElementsAre(2));
  EXPECT_THAT(ExportedIds(ExampleExposition(WithConnections({newer, older}))), ElementsAre(2));
}

TEST(Exposition, TellsConnectionsOnTwoInterfacesApart) {
  ConnectionSummary here = ExampleConnection(1, "198.51.100.7", 50000);
  ConnectionSummary there = ExampleConnection(2, "198.51.100.7", 50000);
  there.interface = 1;
  EXPECT_THAT(ExportedIds(ExampleExposition(WithConnections({here, there}))), ElementsAre(1, 2));
}

TEST(Exposition, AddsUpInterfacesWhoseNamesCannotBeToldApart) {
  Snapshot snapshot = ExampleSnapshot();
  snapshot.interfaces[0].name = "a\xff";
  snapshot.interfaces[1].name = "a\xfe";
  snapshot.interfaces[1].packets[0] = 7;
  snapshot.connections.resize(1);
  ConnectionSummary twin = snapshot.connections[0];
  twin.interface = 1;
  snapshot.connections.push_back(twin);
  const Exposition exposition = ExampleExposition(snapshot);
  ASSERT_EQ(exposition.interfaces.size(), 1u);
  EXPECT_EQ(exposition.interfaces[0].name, "a\xef\xbf\xbd");
  EXPECT_EQ(exposition.interfaces[0].packets[0], 1007u);
  EXPECT_EQ(exposition.interfaces[0].duplicate_packets, (DuplicateCounts{6, 3, 5}));
  EXPECT_FALSE(exposition.interfaces[0].up);
  EXPECT_EQ(exposition.connections.size(), 1u);
}

std::vector<std::string> Names(const Exposition& exposition) {
  std::vector<std::string> names;
  for (const InterfaceView& interface : exposition.interfaces) names.push_back(interface.name);
  return names;
}

Snapshot WithInterfaces(const std::vector<std::string>& names) {
  Snapshot snapshot = ExampleSnapshot();
  snapshot.connections.clear();
  snapshot.ended_connections.clear();
  snapshot.interfaces.clear();
  for (const std::string& name : names) {
    InterfaceView& interface = snapshot.interfaces.emplace_back();
    interface.name = name;
    interface.packets[0] = 10;
  }
  return snapshot;
}

TEST(Exposition, CountsInterfacesWithoutSeriesUnderOther) {
  Snapshot snapshot = WithInterfaces({"any", "a", "b", "c"});
  for (const size_t i : {1, 2, 3}) snapshot.interfaces[i].is_named = false;
  snapshot.interfaces[1].has_series = false;
  snapshot.interfaces[3].has_series = false;
  snapshot.other_interfaces.packets[0] = 5;
  const Exposition exposition = ExampleExposition(snapshot);
  ASSERT_THAT(Names(exposition), ElementsAre("any", "other", "b"));
  EXPECT_EQ(exposition.interfaces[1].packets[0], 25u);
  EXPECT_FALSE(exposition.interfaces[1].is_named);
  EXPECT_EQ(exposition.interfaces[1].start_time_ns, snapshot.capture_start_time_ns);
}

TEST(Exposition, WhatInterfacesThatAreGoneCountedUnderOtherStaysThere) {
  Snapshot snapshot = WithInterfaces({"any"});
  snapshot.other_interfaces.packets[0] = 5;
  const Exposition exposition = ExampleExposition(snapshot);
  ASSERT_THAT(Names(exposition), ElementsAre("any", "other"));
  EXPECT_EQ(exposition.interfaces[1].packets[0], 5u);
}

TEST(Exposition, HoldsNoMoreInterfacesThanThePlanHasRoomFor) {
  std::vector<std::string> names;
  for (int i = 0; i < 40; ++i) names.push_back("eth" + std::to_string(i));
  const Exposition exposition = ExampleExposition(WithInterfaces(names));
  ASSERT_EQ(exposition.interfaces.size(), 32u);
  EXPECT_EQ(exposition.interfaces.back().name, "other");
  EXPECT_EQ(exposition.interfaces.back().packets[0], 90u);
}

TEST(Exposition, AForgottenInterfaceIsListedLastAndTakesNoRoom) {
  std::vector<std::string> names;
  for (int i = 0; i < 33; ++i) names.push_back("eth" + std::to_string(i));
  Snapshot snapshot = WithInterfaces(names);
  snapshot.interfaces[0].is_forgotten = true;
  snapshot.interfaces[0].packets[0] = 0;
  snapshot.connections = {ExampleConnection(1, "198.51.100.7", 50000)};
  const Exposition exposition = ExampleExposition(snapshot);
  ASSERT_EQ(exposition.interfaces.size(), 33u);
  EXPECT_EQ(exposition.interfaces[31].name, "eth32");
  EXPECT_EQ(exposition.interfaces[32].name, "eth0");
  EXPECT_TRUE(exposition.interfaces[32].is_forgotten);
  EXPECT_EQ(exposition.connections.at(0).interface, 32u);
}

TEST(Exposition, ServersThatAreGroupedHaveTheLengthOfTheirPrefixInTheLabel) {
  Snapshot snapshot = ExampleSnapshot();
  snapshot.edges.exported.clear();
  snapshot.edges.v4_server_prefix_bits = 24;
  snapshot.edges.v6_server_prefix_bits = 48;
  const auto add = [&snapshot](const char* server, bool is_server_prefix) {
    EdgeView& edge = snapshot.edges.exported.emplace_back();
    edge.key = {*IpAddress::Parse("192.0.2.1"), {*IpAddress::Parse(server), 443}, is_server_prefix};
  };
  add("198.51.100.0", true);
  add("198.51.100.0", false);
  add("10.0.0.7", false);
  add("2001:db8:1::", true);
  std::vector<std::string> labels;
  for (const ExportedEdge& edge : ExampleExposition(snapshot).edges) {
    labels.push_back(edge.client_address + " " + edge.server_address);
  }
  EXPECT_THAT(labels, ElementsAre("192.0.2.1 198.51.100.0/24", "192.0.2.1 198.51.100.0", "192.0.2.1 10.0.0.7",
                                  "192.0.2.1 2001:db8:1::/48", "other other"));
}

// Edges of the server ports 1, 2 and so on, each with as many services as the list says and with more payload than the
// edge before it. The service ports are 1 and 2.
Snapshot WithServices(const std::vector<int>& services_of_edges) {
  Snapshot snapshot = ExampleSnapshot();
  snapshot.edges.exported.clear();
  for (const int services : services_of_edges) {
    EdgeView& edge = snapshot.edges.exported.emplace_back();
    edge.key.server.port = static_cast<uint16_t>(snapshot.edges.exported.size());
    edge.counters.server_payload_bytes = 100 * snapshot.edges.exported.size();
    for (int i = 1; i <= services; ++i) edge.services.Add({IpAddress(), static_cast<uint16_t>(i)});
  }
  return snapshot;
}

// "SERVER_PORT/SERVICE_PORT" of each service.
std::vector<std::string> Services(const Exposition& exposition) {
  std::vector<std::string> services;
  for (const ExportedService& service : exposition.services) {
    services.push_back(exposition.edges[service.edge].server_port + "/" + service.port);
  }
  return services;
}

TEST(Exposition, HoldsTheServicesOfTheHeaviestEdgesFirst) {
  EXPECT_THAT(Services(ExampleExposition(WithServices({2, 0, 1, 2}))), ElementsAre("4/1", "4/2", "3/1", "1/1", "1/2"));
}

TEST(Exposition, HoldsNoMoreServicesThanThePlanHasRoomFor) {
  const std::vector<std::string> services = Services(ExampleExposition(WithServices(std::vector<int>(500, 2))));
  ASSERT_EQ(services.size(), kMaxServiceSamples);
  EXPECT_EQ(services.front(), "500/1");
  EXPECT_EQ(services.back(), "461/2");
  std::vector<int> uneven(500, 2);
  uneven.back() = 1;
  const std::vector<std::string> odd = Services(ExampleExposition(WithServices(uneven)));
  ASSERT_EQ(odd.size(), kMaxServiceSamples);
  EXPECT_EQ(odd.back(), "460/1") << "an edge of which one service has room";
}

TEST(Exposition, OfEdgesWithEqualPayloadEveryOrderOfTheSnapshotGivesTheSameServices) {
  Snapshot snapshot = WithServices(std::vector<int>(100, 1));
  for (EdgeView& edge : snapshot.edges.exported) edge.counters = EdgeCounters();
  const std::vector<std::string> services = Services(ExampleExposition(snapshot));
  std::reverse(snapshot.edges.exported.begin(), snapshot.edges.exported.end());
  EXPECT_EQ(Services(ExampleExposition(snapshot)), services);
}

TEST(Exposition, EdgesWithEqualLabelsAreAddedUp) {
  Snapshot snapshot = WithServices({1, 1, 2});
  std::vector<EdgeView>& edges = snapshot.edges.exported;
  edges[1].key = edges[2].key;
  // Two containers of one pod.
  edges[1].client = std::make_shared<NumberedIdentity>(*ExampleIdentity("shop", "web", "web-1"));
  edges[2].client = std::make_shared<NumberedIdentity>(*ExampleIdentity("shop", "web", "web-1"));
  edges[1].start_time_ns = 2000;
  edges[2].start_time_ns = 1000;
  const Exposition exposition = ExampleExposition(snapshot);
  ASSERT_EQ(exposition.edges.size(), 3u) << "and the edge other";
  EXPECT_EQ(exposition.edges[1].counters.server_payload_bytes, 500u);
  EXPECT_EQ(exposition.edges[1].start_time_ns, 1000);
  EXPECT_THAT(Services(exposition), ElementsAre("3/1", "1/1"));
}

TEST(Exposition, EdgesOfWorkloadsThatShareAnAddressAreTwo) {
  Snapshot snapshot = WithServices({0, 0, 0});
  std::vector<EdgeView>& edges = snapshot.edges.exported;
  for (EdgeView& edge : edges) edge.key = edges[0].key;
  edges[1].client = ExampleIdentity("", "cron.service", "");
  edges[2].client = ExampleIdentity("", "backup.service", "");
  EXPECT_EQ(ExampleExposition(snapshot).edges.size(), 4u) << "one of them is unknown";
}

TEST(Exposition, AWorkloadWithTheNameExternalIsAddedToThoseThatAre) {
  Snapshot snapshot = ExampleSnapshot();
  WorkloadEdgeView edge;
  edge.server = ExampleIdentity("shop", "db", "db-0");
  edge.counters.connections_opened = 1;
  WorkloadEdgeView named = edge;
  named.client = ExampleIdentity("", "external", "");
  named.key.client.workload_number = named.client->workload_number;
  WorkloadEdgeView other_reporter = edge;
  other_reporter.key.reporter = Reporter::kServer;
  snapshot.workload_edges.exported = {edge, named, other_reporter};
  const Exposition exposition = ExampleExposition(snapshot);
  ASSERT_EQ(exposition.workload_edges.size(), 2u);
  EXPECT_EQ(exposition.workload_edges[0].counters.connections_opened, 2u);
}

TEST(Exposition, ZonesBeyondThePlanAreOneOther) {
  Snapshot snapshot = ExampleSnapshot();
  snapshot.workload_edges.zones.clear();
  for (int i = 0; i < 70; ++i) snapshot.workload_edges.zones.push_back({"a", "b" + std::to_string(i), 10});
  const Exposition exposition = ExampleExposition(snapshot);
  ASSERT_EQ(exposition.zones.size(), kMaxZoneSamples);
  EXPECT_EQ(exposition.zones[63].server_zone, "b63") << "the first ones stay";
  EXPECT_EQ(exposition.zones[64].client_zone, "other");
  EXPECT_EQ(exposition.zones[64].server_zone, "other");
  EXPECT_EQ(exposition.zones[64].payload_bytes, 60u);
  snapshot.workload_edges.zones.resize(65);
  EXPECT_EQ(ExampleExposition(snapshot).zones[64].server_zone, "b64") << "all have room";
}

std::vector<std::string> Addresses(const Exposition& exposition) {
  std::vector<std::string> addresses;
  for (const ExportedEndpoint& endpoint : exposition.endpoints) addresses.push_back(endpoint.address.ToString());
  return addresses;
}

TEST(Exposition, EndpointsAreTheNamedAddressesOfThisNode) {
  Snapshot snapshot = ExampleSnapshot();
  auto map = std::make_shared<IdentityMap>();
  const auto add = [&map](const char* text, const IdentityRef& identity, bool is_local) {
    const IpAddress address = *IpAddress::Parse(text);
    if (identity != nullptr) map->addresses.emplace(address, identity);
    if (is_local) map->local_addresses.insert(address);
  };
  add("10.42.0.10", ExampleIdentity("shop", "web", "web-1"), true);
  add("10.42.0.9", ExampleIdentity("", "docker-7", ""), true);
  add("10.42.1.1", ExampleIdentity("shop", "web", "web-2"), false);
  add("10.42.0.1", nullptr, true);
  add("10.42.0.2", ExampleIdentity("shop", "", ""), true);
  add("2001:db8::1", ExampleIdentity("shop", "web", "web-1"), true);
  snapshot.identity_map = map;
  EXPECT_THAT(Addresses(ExampleExposition(snapshot)), ElementsAre("10.42.0.9", "10.42.0.10", "2001:db8::1"));
}

TEST(Exposition, OfMoreEndpointsThanThePlanHasRoomForThosePodsComeFirst) {
  Snapshot snapshot = ExampleSnapshot();
  auto map = std::make_shared<IdentityMap>();
  for (int i = 0; i < 300; ++i) {
    const IpAddress address = *IpAddress::Parse("10.42." + std::to_string(i / 100) + "." + std::to_string(i % 100));
    const bool is_pod = i >= 100;
    map->addresses.emplace(address, ExampleIdentity("", "w", is_pod ? "p" + std::to_string(i) : ""));
    map->local_addresses.insert(address);
  }
  snapshot.identity_map = map;
  const std::vector<std::string> addresses = Addresses(ExampleExposition(snapshot));
  ASSERT_EQ(addresses.size(), kMaxEndpointSamples);
  EXPECT_EQ(addresses.front(), "10.42.0.0");
  EXPECT_EQ(addresses[49], "10.42.0.49") << "50 have no pod";
  EXPECT_EQ(addresses[50], "10.42.1.0");
  EXPECT_EQ(addresses.back(), "10.42.2.99");
}

TEST(Exposition, TheFirstListenersHaveSeries) {
  Snapshot snapshot = ExampleSnapshot();
  EXPECT_EQ(ExampleExposition(snapshot).listeners, 1u);
  auto map = std::make_shared<IdentityMap>();
  map->listener_queues.resize(100);
  snapshot.identity_map = map;
  EXPECT_EQ(ExampleExposition(snapshot).listeners, kMaxListeners);
}

}  // namespace
}  // namespace tcpgauge
