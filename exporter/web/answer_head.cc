// SPDX-License-Identifier: Apache-2.0
#include "exporter/web/answer_head.h"

#include "src/base/json_string.h"

namespace tcpgauge {

void WriteAnswerHead(const Snapshot& snapshot, std::string_view agent, JsonWriter* writer) {
  writer->Raw("{\"agent\":").Raw(JsonString(agent));
  writer->Raw(",\"sequence\":").Value(snapshot.sequence);
  writer->Raw(",\"time\":").Seconds(snapshot.time_ns + snapshot.clock_stepped_ns);
  writer->Raw(",\"capture_start_time\":").Seconds(snapshot.capture_start_time_ns);
}

}  // namespace tcpgauge
