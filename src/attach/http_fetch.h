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

// Sends GET requests to one agent, over a connection that stays open from one request to the next. If the environment
// names a proxy, TCP connections go through it (see ProxySettings).
//
// Thread: one at a time.
// Bounds: an answer that has more than kMaxBodyBytes or takes longer than kTimeoutMs is an error.
class HttpFetch {
 public:
  static constexpr size_t kMaxBodyBytes = 64 << 20;
  static constexpr int64_t kTimeoutMs = 5000;

  // Does not connect yet. `tls` applies to https addresses.
  HttpFetch(const AgentAddress& address, const ClientTlsFiles& tls);

  // Requests `path_and_query` and returns the body of the answer. Connects if necessary. Gives up once `stop_fd` is
  // readable (it is not read).
  //
  // Errors: kCancelled when `stop_fd` was readable. kInvalidArgument for status 400, with the answer's body as the
  // message. kUnauthenticated for status 401. kUnavailable for any other status except 200, and for any other failure.
  // Except for status 400, the message is one line, which need not name the agent.
  absl::StatusOr<std::string> Get(const std::string& path_and_query, int stop_fd);

 private:
  const std::string url_;
  HttpClient client_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_ATTACH_HTTP_FETCH_H_
