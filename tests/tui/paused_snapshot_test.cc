// SPDX-License-Identifier: Apache-2.0
#include "tui/paused_snapshot.h"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace tcpgauge
