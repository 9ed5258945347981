// SPDX-License-Identifier: Apache-2.0
#include "src/snapshot/edge_of_connection.h"

#include <gtest/gtest.h>

#include <memory>

#include "src/naming/end_identity.h"

namespace tcpgauge {
namespace {

IpAddress Address(const char* text) { return *IpAddress::Parse(text); }

ConnectionSummary Connection(const char* client, const char* server, uint16_t port) {
  ConnectionSummary connection;
  connection.client = {Address(client), 40000};
  connection.server = {Address(server), port};
  return connection;
}

void AddEdge(const char* client, const char* server, uint16_t port, Snapshot* snapshot) {
  EdgeView edge;
  edge.key.client = Address(client);
  edge.key.server = {Address(server), port};
  snapshot->edges.exported.push_back(edge);
}

IdentityRef WithLabel(uint32_t label_number) {
  auto identity = std::make_shared<NumberedIdentity>();
  identity->label_number = label_number;
  return identity;
}

// The index of the connection's edge, or -1.
int EdgeIndex(const ConnectionSummary& connection, const Snapshot& snapshot) {
  const EdgeView* edge = EdgeOfConnection(connection, snapshot);
  return edge == nullptr ? -1 : static_cast<int>(edge - snapshot.edges.exported.data());
}

TEST(EdgeOfConnection, IsThatOfItsAddressesAndTheServersPort) {
  Snapshot snapshot;
  AddEdge("192.0.2.1", "198.51.100.1", 80, &snapshot);
  AddEdge("192.0.2.1", "198.51.100.1", 443, &snapshot);
  AddEdge("2001:db8::1", "2001:db8::2", 443, &snapshot);
  EXPECT_EQ(EdgeIndex(Connection("192.0.2.1", "198.51.100.1", 443), snapshot), 1);
  EXPECT_EQ(EdgeIndex(Connection("2001:db8::1", "2001:db8::2", 443), snapshot), 2);
  EXPECT_EQ(EdgeIndex(Connection("192.0.2.2", "198.51.100.1", 443), snapshot), -1);
  EXPECT_EQ(EdgeIndex(Connection("192.0.2.1", "198.51.100.2", 443), snapshot), -1);
  EXPECT_EQ(EdgeIndex(Connection("192.0.2.1", "198.51.100.1", 8080), snapshot), -1);
}

TEST(EdgeOfConnection, ClientsOfAPrefixShareIt) {
  Snapshot snapshot;
  snapshot.edges.v4_prefix_bits = 24;
  snapshot.edges.v6_prefix_bits = 64;
  AddEdge("192.0.2.0", "198.51.100.1", 80, &snapshot);
  AddEdge("2001:db8::", "2001:db8::2", 80, &snapshot);
  EXPECT_EQ(EdgeIndex(Connection("192.0.2.77", "198.51.100.1", 80), snapshot), 0);
  EXPECT_EQ(EdgeIndex(Connection("2001:db8::77", "2001:db8::2", 80), snapshot), 1);
  EXPECT_EQ(EdgeIndex(Connection("192.0.3.77", "198.51.100.1", 80), snapshot), -1);
}

TEST(EdgeOfConnection, ASingleServerIsPreferredToItsPrefix) {
  Snapshot snapshot;
  snapshot.edges.v4_server_prefix_bits = 24;
  AddEdge("192.0.2.1", "198.51.100.0", 80, &snapshot);
  snapshot.edges.exported[0].key.is_server_prefix = true;
  AddEdge("192.0.2.1", "198.51.100.7", 80, &snapshot);
  EXPECT_EQ(EdgeIndex(Connection("192.0.2.1", "198.51.100.8", 80), snapshot), 0);
  EXPECT_EQ(EdgeIndex(Connection("192.0.2.1", "198.51.100.7", 80), snapshot), 1);
  EXPECT_EQ(EdgeIndex(Connection("192.0.2.1", "198.51.101.8", 80), snapshot), -1);
}

TEST(EdgeOfConnection, OtherNamesOfTheEndsAreAnotherEdge) {
  Snapshot snapshot;
  snapshot.identities = {nullptr, WithLabel(7), WithLabel(8)};
  AddEdge("192.0.2.1", "198.51.100.1", 80, &snapshot);
  AddEdge("192.0.2.1", "198.51.100.1", 80, &snapshot);
  snapshot.edges.exported[1].key.client_identity = 7;
  snapshot.edges.exported[1].key.server_identity = 8;
  ConnectionSummary connection = Connection("192.0.2.1", "198.51.100.1", 80);
  EXPECT_EQ(EdgeIndex(connection, snapshot), 0);
  connection.client_identity = 1;
  EXPECT_EQ(EdgeIndex(connection, snapshot), -1);
  connection.server_identity = 2;
  EXPECT_EQ(EdgeIndex(connection, snapshot), 1);
}

}  // namespace
}  // namespace tcpgauge
