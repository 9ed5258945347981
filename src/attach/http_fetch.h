// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_ATTACH_HTTP_FETCH_H_
#define TCPGAUGE_SRC_ATTACH_HTTP_FETCH_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "src/attach/agent_address.h"
#include "src/http_client/http_client.h"

namespace tcpgauge {

// Sends GET requests to one agent, over a connection that stays open.
//
// Thread: one at a time.
// Bounds: an answer has at most kMaxBodyBytes and takes at most kTimeoutMs; otherwise it is an error.
class HttpFetch {
 public:
  static constexpr size_t kMaxBodyBytes = 64 << 20;
  static constexpr int64_t kTimeoutMs = 5000;

  HttpFetch(const AgentAddress& address, const ClientTlsFiles& tls);

  // The body of the answer to GET `path_and_query`; gives up once `stop_fd` is readable (it is not read).
  // Errors: Cancelled when it gave up; Unauthenticated for status 401; InvalidArgument for status 400, with the body;
  // otherwise Unavailable. The message is one line without the address of the agent.
  absl::StatusOr<std::string> Get(const std::string& path_and_query, int stop_fd);

 private:
  const std::string url_;
  HttpClient client_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_ATTACH_HTTP_FETCH_H_
