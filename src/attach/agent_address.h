// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_ATTACH_AGENT_ADDRESS_H_
#define TCPGAUGE_SRC_ATTACH_AGENT_ADDRESS_H_

#include <string>

#include "absl/status/statusor.h"

namespace tcpgauge {

// Where an agent answers.
struct AgentAddress {
  std::string url;        // without a / at its end; the agent's paths are appended to it
  std::string unix_path;  // of the unix socket; empty = TCP
  std::string shown;      // the address as given, without user and password
};

// Reads http://HOST:PORT, https://USER:PASSWORD@HOST:PORT or unix:PATH. A URL may have a path, which is put before the
// agent's paths.
// Errors: InvalidArgument, one line that says what would be right.
absl::StatusOr<AgentAddress> ParseAgentAddress(const std::string& text);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_ATTACH_AGENT_ADDRESS_H_
