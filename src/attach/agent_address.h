// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_ATTACH_AGENT_ADDRESS_H_
#define TCPGAUGE_SRC_ATTACH_AGENT_ADDRESS_H_

#include <string>

#include "absl/status/statusor.h"

namespace tcpgauge {

// Where another agent answers HTTP. A plain value.
struct AgentAddress {
  // Has no / at its end, because the agent's paths are appended to it. Has the user and the password, if given.
  std::string url;
  std::string unix_path;  // empty = TCP
  std::string shown;      // for messages: like `url` or unix:PATH, but without user and password
};

// Parses HOST, HOST:PORT, http://HOST:PORT, https://USER:PASSWORD@HOST:PORT or unix:PATH. Without a scheme, takes http,
// and the agent's default port unless a port is given. A URL with a scheme, but without a port, has the port of its
// scheme. An address may have a path, which then stands before the agent's own paths. Does not look up the host's name.
//
// Errors: kInvalidArgument. The message is one line that names the address without user and password, and says what
// would be right.
absl::StatusOr<AgentAddress> ParseAgentAddress(const std::string& text);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_ATTACH_AGENT_ADDRESS_H_
