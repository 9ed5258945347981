// SPDX-License-Identifier: Apache-2.0
#include "src/agent/status_line.h"

#include <gtest/gtest.h>

namespace tcpgauge {
namespace {

TEST(StatusLine, CountsOpenConnectionsAndNamesInterfaces) {
  Snapshot snapshot;
  EXPECT_EQ(StatusLine(snapshot), "0 connections");
  snapshot.interfaces.resize(3);
  snapshot.interfaces[0].name = "eth0";
  snapshot.interfaces[1].name = "wg0";
  snapshot.interfaces[1].up = false;
  snapshot.interfaces[2].name = "veth7";
  snapshot.interfaces[2].is_named = false;
  snapshot.connections.resize(1);
  EXPECT_EQ(StatusLine(snapshot), "1 connection on eth0, wg0 (down)");
  snapshot.connections_not_listed = 11;
  EXPECT_EQ(StatusLine(snapshot), "12 connections on eth0, wg0 (down)");
}

TEST(StatusLine, IsOneShortHarmlessLine) {
  Snapshot snapshot;
  snapshot.interfaces.resize(12);
  for (auto& interface : snapshot.interfaces) interface.name = "x";
  EXPECT_EQ(StatusLine(snapshot), "0 connections on x, x, x, x, x, x, x, x, x, x, ...");
  snapshot.interfaces.resize(1);
  snapshot.interfaces[0].name = "a\nWATCHDOG=1";
  EXPECT_EQ(StatusLine(snapshot), "0 connections on a\\x0aWATCHDOG=1");
}

}  // namespace
}  // namespace tcpgauge
