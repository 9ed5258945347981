// SPDX-License-Identifier: Apache-2.0
#include "exporter/metrics/exposition.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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
  EXPECT_EQ(exposition.interfaces[0].duplicate_packets, 6u);
  EXPECT_FALSE(exposition.interfaces[0].up);
  EXPECT_EQ(exposition.connections.size(), 1u);
}

}  // namespace
}  // namespace tcpgauge
