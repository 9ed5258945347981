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

// Asks one agent over a connection that stays open.
//
// Thread: confined to one at a time.
// Bounds: kMaxBodyBytes of an answer, kTimeoutMs for it.
class HttpFetch {
 public:
  static constexpr size_t kMaxBodyBytes = 64 << 20;
  static constexpr int64_t kTimeoutMs = 5000;

  HttpFetch(const AgentAddress& address, const ClientTlsFiles& tls);

  // The body of the answer to GET `path_and_query`; waits no longer once `stop_fd` is readable (it is not read).
  // Errors: Cancelled when stopped; Unauthenticated for 401; InvalidArgument for 400, with the body; Unavailable for
  // the rest. One line that does not name the agent.
  absl::StatusOr<std::string> Get(const std::string& path_and_query, int stop_fd);

 private:
  const std::string url_;
  HttpClient client_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_ATTACH_HTTP_FETCH_H_
