// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_ATTACH_AGENT_ADDRESS_H_
#define TCPGAUGE_SRC_ATTACH_AGENT_ADDRESS_H_

#include <string>

#include "absl/status/statusor.h"

namespace tcpgauge {

// Where an agent answers.
struct AgentAddress {
  std::string url;        // without a / at its end; what a path is added to
  std::string unix_path;  // of the socket to ask by, or empty
  std::string shown;      // as it was given, but without a password
};

// http://HOST:PORT, https://USER:PASSWORD@HOST:PORT, either with a path before the agent's own, or unix:PATH.
// Errors: InvalidArgument, one line that says what would be right.
absl::StatusOr<AgentAddress> ParseAgentAddress(const std::string& text);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_ATTACH_AGENT_ADDRESS_H_
