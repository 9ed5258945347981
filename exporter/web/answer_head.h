// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_WEB_ANSWER_HEAD_H_
#define TCPGAUGE_EXPORTER_WEB_ANSWER_HEAD_H_

#include <cstddef>
#include <string_view>

#include "src/base/json_writer.h"
#include "src/snapshot/snapshot.h"

namespace tcpgauge {

// Begins the JSON object of an answer about a snapshot, and writes its first members: "agent", "sequence", "time" and
// "capture_start_time". The caller writes the other members, each with a comma in front, and ends the object. `agent`
// is the name of this agent, and may be empty.
//
// Thread: any.
void WriteAnswerHead(const Snapshot& snapshot, std::string_view agent, JsonWriter* writer);

// The most bytes of an answer without its lists and without what WriteEdgeSum() writes.
constexpr size_t kAnswerFrameJsonBytes = 2048;

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_WEB_ANSWER_HEAD_H_
