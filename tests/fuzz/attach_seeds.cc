// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/attach_seeds.h"

#include <string>

#include "exporter/web/connections_json.h"
#include "exporter/web/history_json.h"
#include "src/base/time_units.h"
#include "src/snapshot/history.h"
#include "tests/exporter/metrics/example_snapshot.h"
#include "tests/support/example_identities.h"

namespace tcpgauge {
namespace {

using Bytes = std::vector<uint8_t>;

Bytes Input(uint8_t piece_bytes, uint8_t limit, uint8_t keys, const std::string& text) {
  std::string input;
  for (const uint8_t byte : {piece_bytes, limit, keys}) input += static_cast<char>(byte);
  input += text;
  return Bytes(input.begin(), input.end());
}

Snapshot Encapsulated() {
  Snapshot snapshot = ExampleSnapshot();
  Encapsulation encapsulation;
  encapsulation.AddVlan(7);
  encapsulation.AddTunnel({TunnelType::kVxlan, true, 5000});
  encapsulation.AddTunnel({TunnelType::kGre, false, 0});
  snapshot.encapsulations.push_back(encapsulation);
  snapshot.connections[0].encapsulation = 1;
  return snapshot;
}

Snapshot Translated() {
  Snapshot snapshot = Encapsulated();
  ConnectionSummary& connection = snapshot.connections[1];
  connection.service = {*IpAddress::Parse("10.96.0.10"), 80};
  connection.view_count = 3;
  snapshot.views = {{connection.client, connection.service, 0},
                    {connection.client, connection.server, 0},
                    {connection.client, connection.server, 1}};
  return snapshot;
}

Snapshot Named() {
  Snapshot snapshot = ExampleSnapshot();
  snapshot.identities = {nullptr, ExamplePod(), ExampleUnit(), ExampleGuess()};
  snapshot.connections[0].client_identity = 1;
  snapshot.connections[0].server_identity = 2;
  snapshot.connections[1].server_identity = 3;
  return snapshot;
}

std::string Row(const std::string& more) {
  return "{\"id\":\"1\",\"client\":{\"address\":\"192.0.2.1\",\"port\":1},\"server\":{\"address\":\"2001:db8::1\"," +
         std::string("\"port\":2}") + more + "}";
}

// Three seconds with two edges, of which one has names.
std::string Past() {
  History history(10, HistoryView::kMaxSeconds);
  HistorySample sample;
  for (uint64_t second = 1; second <= 3; ++second) {
    sample.time_ns += kNanosecondsPerSecond;
    HistoryEdgeCounts edge;
    edge.edge.key.client = *IpAddress::Parse("192.0.2.1");
    edge.edge.key.server = {*IpAddress::Parse("2001:db8::1"), 80};
    edge.counts.client_payload_bytes = 1000 * second;
    edge.counts.connections = second;
    sample.edges = {edge};
    edge.edge.key.server.port = 443;
    edge.edge.key.is_server_prefix = true;
    edge.edge.client = ExamplePod();
    edge.edge.server = ExampleUnit();
    for (const HistoryCounter& counter : kHistoryCounters) edge.counts.*counter.member = second;
    if (second > 1) sample.edges.push_back(edge);
    history.Record(sample);
  }
  Snapshot snapshot;
  snapshot.edges.v6_server_prefix_bits = 64;
  HistoryQuery query;
  query.limit = 2;
  return *HistoryJson(history.Now(), snapshot, query, "node7", [] { return false; });
}

std::string Answer(const std::string& rows, const std::string& more = "") {
  return "{\"time\":1000.5" + more + ",\"connections\":[" + rows + "]}";
}

}  // namespace

std::vector<Bytes> AttachSeeds() {
  const std::string newer = ",\"newer\":[{\"a\":[[[null,true,\"\\u00e9\\ud83d\\ude00\"]]]},1e-3]";
  return {
      Input(0, 100, 0x00, ConnectionsJson(ExampleSnapshot(), {}, "node7")),
      Input(63, 3, 0xff, ConnectionsJson(Encapsulated(), {}, "node7")),
      Input(31, 3, 0x08, ConnectionsJson(Translated(), {}, "node7")),
      Input(17, 3, 0x01, ConnectionsJson(Named(), {}, "node7")),
      Input(7, 0, 0x0f, ConnectionsJson(Snapshot(), {}, "")),
      Input(1, 5, 0x11, Answer(Row(newer) + "," + Row(""), newer)),
      Input(
          2, 5, 0x22,
          Answer(Row(",\"client_packets\":-1,\"server_ip_bytes\":1e99,\"start_time\":9e9,\"rtt_seconds\":-0.0,"
                     "\"last_packet_time\":-5,\"client_payload_bytes_per_second\":1e308,\"client_zero_windows\":null"),
                 ",\"connections_in_all\":18446744073709551615")),
      Input(
          3, 5, 0x44,
          Answer(Row(",\"interface\":\"\\u001b[31m\\u009b\\u0007\",\"state\":\"reset\",\"role\":\"observed\""),
                 ",\"agent\":\"\\u001b]0;x\\u0007\\u202e\",\"interfaces\":[{\"name\":\"\\u001b[31m\\u009b\\u0007\"}]")),
      Input(5, 5, 0x10,
            Answer(Row(",\"service\":{\"address\":\"::\"},\"views\":[{},7,{\"vlans\":[1,2]},{},{},{},{},{},{},{}],"
                       "\"views\":[{\"client\":{\"address\":\"::1\",\"port\":9},\"server\":{\"address\":\"::2\"}}]"))),
      Input(6, 5, 0x80,
            Answer(Row(",\"client\":{\"address\":\"192.0.2.1\",\"port\":1,\"pod\":\"a b\",\"namespace\":7,"
                       "\"workload_kind\":\"(guess)\",\"comm\":\"\\u001b[31m\\u009b\\u202e\"},"
                       "\"server\":{\"address\":\"192.0.2.1\",\"port\":1,\"workload\":\"web\",\"workload\":null}"))),
      Input(4, 5, 0x88,
            "{\"connections\":[" + Row(",\"interface\":\"b\",\"vlans\":[1,2,3,4,5],\"vlans\":[9]") +
                "],\"interfaces\":[{\"name\":\"a\",\"up\":false},{\"name\":\"b\",\"dropped_packets\":3}],\"time\":1,"
                "\"matching\":{\"client_payload_bytes\":9,\"server_payload_bytes_per_second\":8.5}}"),
      Input(11, 2, 0x3b, Past()),
      Input(
          12, 2, 0xff,
          "{\"edges\":[{\"segments\":[1e99,-1,null],\"server\":{\"port\":80,\"address\":\"::\",\"prefix_length\":999},"
          "\"connections\":[18446744073709551615,null,\"\"],\"response_seconds_sum\":[1e300,-0.0,7],"
          "\"client\":{\"address\":\"::1\",\"comm\":\"\\u001b[31m\\u009b\\u202e\"}}],"
          "\"end_times\":[1.5,2,4.6e9],\"begin_time\":0}"),
  };
}

}  // namespace tcpgauge
