// SPDX-License-Identifier: Apache-2.0
#include "tui/paused_snapshot.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/types/span.h"
#include "src/flow/connection_view.h"
#include "tests/support/example_identities.h"
#include "tests/tui/scripted_traffic.h"

namespace tcpgauge {
namespace {

const Endpoint kClient = EndpointOf("192.0.2.1", 50000);
const Endpoint kServer = EndpointOf("192.0.2.2", 443);

TEST(PausedSnapshot, KeepsWhatIsGoneAndLeavesOutWhatIsNew) {
  Snapshot shown;
  shown.connections = {ScriptedConnection(1, kClient, kServer, 10, 20), ScriptedConnection(2, kClient, kServer, 1, 2)};
  Snapshot newest;
  newest.sequence = 9;
  newest.time_ns = kScriptStartNs + 5;
  newest.connections = {ScriptedConnection(3, kClient, kServer), ScriptedConnection(2, kClient, kServer, 5, 6)};

  const std::shared_ptr<const Snapshot> paused = PausedSnapshot(shown, newest);
  ASSERT_EQ(paused->connections.size(), 2u);
  EXPECT_EQ(paused->connections[0].id, 1u);
  EXPECT_EQ(paused->connections[0].payload_bytes_per_second(), 0);
  EXPECT_EQ(paused->connections[1].id, 2u);
  EXPECT_EQ(paused->connections[1].payload_bytes_per_second(), 11);
  EXPECT_EQ(paused->sequence, 9u);
  EXPECT_EQ(paused->time_ns, kScriptStartNs + 5);
}

Encapsulation Vlan(uint16_t id) {
  Encapsulation encapsulation;
  encapsulation.AddVlan(id);
  return encapsulation;
}

// A snapshot with these interfaces and VLANs, and a connection on the last interface in the last VLAN.
Snapshot SnapshotOn(uint64_t connection_id, const std::vector<std::string>& interfaces,
                    const std::vector<uint16_t>& vlans) {
  Snapshot snapshot;
  for (const std::string& name : interfaces) snapshot.interfaces.push_back({{}, name, true});
  for (const uint16_t vlan : vlans) snapshot.encapsulations.push_back(Vlan(vlan));
  ConnectionSummary connection = ScriptedConnection(connection_id, kClient, kServer);
  connection.interface = static_cast<uint32_t>(interfaces.size() - 1);
  connection.encapsulation = static_cast<uint32_t>(vlans.size());
  snapshot.connections = {connection};
  return snapshot;
}

TEST(PausedSnapshot, AGoneConnectionKeepsItsInterfaceAndEncapsulation) {
  const Snapshot shown = SnapshotOn(1, {"eth0", "eth1"}, {10, 20});
  // The place in the new lists is another, the encapsulation is not there, or both lists are longer.
  for (const Snapshot& newest : {SnapshotOn(2, {"eth1", "eth0"}, {20, 10}), SnapshotOn(2, {"eth1"}, {30}),
                                 SnapshotOn(2, {"lo", "eth0", "eth1"}, {30, 40, 50})}) {
    const std::shared_ptr<const Snapshot> paused = PausedSnapshot(shown, newest);
    const ConnectionSummary& gone = paused->connections.at(0);
    EXPECT_EQ(paused->interfaces.at(gone.interface).name, "eth1");
    EXPECT_EQ(paused->encapsulations.at(gone.encapsulation), Vlan(20));
    EXPECT_EQ(paused->interfaces.size(), newest.interfaces.size());
    // And again in the next snapshot.
    const std::shared_ptr<const Snapshot> later = PausedSnapshot(*paused, SnapshotOn(3, {"eth1", "eth2"}, {}));
    EXPECT_EQ(later->interfaces.at(later->connections.at(0).interface).name, "eth1");
    EXPECT_EQ(later->encapsulations.at(later->connections.at(0).encapsulation), Vlan(20));
  }
}

TEST(PausedSnapshot, AGoneConnectionWhoseInterfaceIsGoneHasNone) {
  const Snapshot shown = SnapshotOn(1, {"eth0", "eth1"}, {});
  const std::shared_ptr<const Snapshot> paused = PausedSnapshot(shown, SnapshotOn(2, {"eth0"}, {}));
  EXPECT_GE(paused->connections.at(0).interface, paused->interfaces.size());
  EXPECT_EQ(paused->connections.at(0).encapsulation, 0u);
}

TEST(PausedSnapshot, ConnectionsKeepTheirViewsAndTheirEncapsulations) {
  const Endpoint service = EndpointOf("10.96.0.10", 443);
  // The views of a connection with this id: in the first VLAN, in the second, and in none.
  const auto translated = [&](uint64_t id, const std::vector<uint16_t>& vlans, size_t other_views) {
    Snapshot snapshot = SnapshotOn(id, {"any"}, vlans);
    snapshot.views.assign(other_views, {kServer, kServer, 0});
    snapshot.views.insert(snapshot.views.end(), {{kClient, service, 1}, {kClient, kServer, 2}, {kClient, kServer, 0}});
    snapshot.connections[0].service = service;
    snapshot.connections[0].first_view = static_cast<uint32_t>(other_views);
    snapshot.connections[0].view_count = 3;
    return snapshot;
  };
  const Snapshot shown = translated(1, {10, 20}, 2);
  for (const Snapshot& newest : {translated(1, {10, 20}, 7), translated(2, {20, 30}, 0), SnapshotOn(2, {"any"}, {})}) {
    const std::shared_ptr<const Snapshot> paused = PausedSnapshot(shown, newest);
    for (const std::shared_ptr<const Snapshot>& later :
         {paused, PausedSnapshot(*paused, SnapshotOn(3, {"any"}, {40}))}) {
      const ConnectionSummary& connection = later->connections.at(0);
      EXPECT_EQ(connection.service, service);
      const absl::Span<const ConnectionView> views = later->views_of(connection);
      ASSERT_EQ(views.size(), 3u);
      EXPECT_EQ(views[0].server, service);
      EXPECT_EQ(views[1].server, kServer);
      EXPECT_EQ(later->encapsulations.at(views[0].encapsulation), Vlan(10));
      EXPECT_EQ(later->encapsulations.at(views[1].encapsulation), Vlan(20));
      EXPECT_EQ(later->encapsulations.at(views[2].encapsulation), Encapsulation());
    }
  }
}

TEST(PausedSnapshot, AConnectionThatGoesOnHasItsNewPlaces) {
  const std::shared_ptr<const Snapshot> paused =
      PausedSnapshot(SnapshotOn(1, {"eth0", "eth1"}, {10, 20}), SnapshotOn(1, {"eth1"}, {20}));
  EXPECT_EQ(paused->interfaces.at(paused->connections.at(0).interface).name, "eth1");
  EXPECT_EQ(paused->encapsulations.at(paused->connections.at(0).encapsulation), Vlan(20));
  EXPECT_EQ(paused->encapsulations.size(), 2u);
}

TEST(PausedSnapshot, AGoneConnectionKeepsTheNamesOfItsEnds) {
  Snapshot shown;
  shown.identities = {nullptr, ExamplePod(), ExampleUnit()};
  shown.connections = {ScriptedConnection(1, kClient, kServer), ScriptedConnection(2, kClient, kServer)};
  shown.connections[0].client_identity = 1;
  shown.connections[0].server_identity = 2;
  Snapshot newest;
  newest.identities = {nullptr, shown.identities[2], ExampleGuess()};  // the same unit in another place
  newest.connections = {ScriptedConnection(2, kClient, kServer)};
  newest.connections[0].client_identity = 2;

  const std::shared_ptr<const Snapshot> paused = PausedSnapshot(shown, newest);
  const auto identity = [&paused](uint32_t index) { return paused->identities[index]; };
  EXPECT_EQ(identity(paused->connections[0].client_identity), shown.identities[1]);
  EXPECT_EQ(identity(paused->connections[0].server_identity), shown.identities[2]);
  EXPECT_EQ(identity(paused->connections[1].client_identity), newest.identities[2]);
  EXPECT_EQ(identity(paused->connections[1].server_identity), nullptr);
  EXPECT_EQ(paused->identities.size(), 4u) << "each identity once";
}

}  // namespace
}  // namespace tcpgauge
