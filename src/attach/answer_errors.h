// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_ATTACH_ANSWER_ERRORS_H_
#define TCPGAUGE_SRC_ATTACH_ANSWER_ERRORS_H_

#include "absl/status/status.h"
#include "src/json/json_reader.h"

namespace tcpgauge {

// What the readers of an agent's answers say of an answer that they cannot use.
// Thread: any.

constexpr JsonSource kAnswerSource = {"the agent's answer", "the answer is not that of a tcpgauge agent"};

// Errors: both return kInvalidArgument.
inline absl::Status NoAnswer() { return absl::InvalidArgumentError(kAnswerSource.not_json); }
inline absl::Status UnreadableEdge() {
  return absl::InvalidArgumentError("the agent's answer contains an edge that cannot be read");
}

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_ATTACH_ANSWER_ERRORS_H_
