// SPDX-License-Identifier: Apache-2.0
#include "tui/table_text.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "tests/support/example_identities.h"
#include "tests/tui/scripted_traffic.h"

namespace tcpgauge {
namespace {

Snapshot TwoConnections() {
  Snapshot snapshot;
  snapshot.time_ns = kScriptStartNs + 5 * kNanosecondsPerSecond;
  snapshot.rate_window_seconds = 2;
  const Endpoint v6_client = EndpointOf("2001:db8:85a3:1111:2222:8a2e:370:7334", 60001);
  snapshot.connections = {ScriptedConnection(1, EndpointOf("10.0.0.1", 40000), EndpointOf("10.0.0.2", 80), 10, 2000),
                          ScriptedConnection(2, v6_client, EndpointOf("2001:db8::53", 443))};
  snapshot.connections[0].client_sent.payload_bytes = 100;
  snapshot.connections[0].last_packet_time_ns = snapshot.time_ns;
  snapshot.connections[1].server_sent.payload_bytes = 5000;
  snapshot.connections[1].server_sent.retransmitted_segments = 7;
  snapshot.connections[0].server_min_rtt_ns = 1000000;  // half of it is unknown
  snapshot.connections[1].server_min_rtt_ns = 20000000;
  snapshot.connections[1].client_min_rtt_ns = 3000000;
  snapshot.connections[1].response_ns = 1500000;
  return snapshot;
}

TEST(TableText, HasTheRowsOfTheTopViewWithNothingCut) {
  EXPECT_EQ(TableText(TwoConnections()),
            " Client                                        Server               "
            " State        Idle A     Speed        Up      Down   Total    RTT   Resp  Retr  Loss\n"
            " [2001:db8:85a3:1111:2222:8a2e:370:7334]:60001 [2001:db8::53]:443   "
            " ESTABLISHED  5s         0 B/s     0 B/s     0 B/s  4.8 KB   23ms  1.5ms     7     -\n"
            " 10.0.0.1:40000                                10.0.0.2:80          "
            " ESTABLISHED  0s   *  1.9 KB/s    10 B/s  1.9 KB/s   100 B      -      -     0     -\n"
            " TOTAL                                                              "
            "                      1.9 KB/s    10 B/s  1.9 KB/s  4.9 KB                   7\n");
}

TEST(TableText, HasTheNamesInFullIfAnyIsKnown) {
  Snapshot snapshot = TwoConnections();
  snapshot.connections[1].client = EndpointOf("10.0.0.3", 60001);
  snapshot.connections[1].server = EndpointOf("10.0.0.4", 443);
  EndIdentity longest = ExamplePod()->identity;
  longest.pod = std::string(70, 'p');
  snapshot.identities = {nullptr, IdentityOf(1, longest)};
  snapshot.connections[1].server_identity = 1;
  const std::string blanks(64, ' ');
  EXPECT_EQ(TableText(snapshot),
            " Client                Server                Server name" + blanks +
                " State        Idle A     Speed        Up      Down   Total    RTT   Resp  Retr  Loss\n"
                " 10.0.0.3:60001        10.0.0.4:443          shop/" +
                std::string(longest.pod) +
                " ESTABLISHED  5s         0 B/s     0 B/s     0 B/s  4.8 KB   23ms  1.5ms     7     -\n"
                " 10.0.0.1:40000        10.0.0.2:80           -          " +
                blanks +
                " ESTABLISHED  0s   *  1.9 KB/s    10 B/s  1.9 KB/s   100 B      -      -     0     -\n"
                " TOTAL                                                  " +
                blanks + "                      1.9 KB/s    10 B/s  1.9 KB/s  4.9 KB                   7\n");
}

TEST(TableText, HasEveryConnectionAndNoControlCharacters) {
  const std::string text = TableText(*ScriptedTraffic(3000, 5));
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 3000 + 2);
  EXPECT_EQ(std::count_if(text.begin(), text.end(), [](char c) { return c != '\n' && (c < ' ' || c > '~'); }), 0);
}

TEST(TableText, SaysHowManyConnectionsAreNotListed) {
  Snapshot snapshot = TwoConnections();
  snapshot.connections_not_listed = 3;
  const std::string text = TableText(snapshot);
  EXPECT_EQ(text.substr(text.rfind('\n', text.size() - 2) + 1), " and 3 more connections\n");
}

TEST(TableText, OfNoConnectionsIsTheHeaderAndTheTotal) {
  const std::string text = TableText(Snapshot());
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 2);
}

}  // namespace
}  // namespace tcpgauge
