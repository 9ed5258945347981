// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_ATTACH_HTTP_FETCH_H_
#define TCPGAUGE_SRC_ATTACH_HTTP_FETCH_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "src/attach/agent_address.h"
#include "src/http_client/http_client.h"
#include "src/json/answer_body.h"

namespace tcpgauge {

// Sends GET requests to one agent, over a connection that stays open from one request to the next. If the environment
// names a proxy, TCP connections go through it (see ProxySettings).
//
// Thread: one thread at a time.
// Bounds: an answer that has more than kMaxBodyBytes after decompression, or takes longer than kTimeoutMs, is an error.
// At most kMaxBodyBytes wait for Next(), in a string whose capacity is at most twice as large.
class HttpFetch final : public AnswerBody {
 public:
  static constexpr size_t kMaxBodyBytes = 24 << 20;
  static constexpr int64_t kTimeoutMs = 5000;

  // Does not connect yet. `tls` applies to https addresses.
  HttpFetch(const AgentAddress& address, const ClientTlsFiles& tls);

  // Requests `path_and_query`, and waits until the body of the answer begins. Next() then returns the body. Connects if
  // necessary, and cancels an earlier request. Request() and Next() give up once `stop_fd` is readable. They do not
  // read from `stop_fd`.
  //
  // Errors: kCancelled when `stop_fd` was readable. kInvalidArgument for status 400, and for 421 if the answer has a
  // body. kUnauthenticated for 401. kNotFound for 404. kFailedPrecondition for any other status except 200.
  // kUnavailable if no whole answer came, for whatever reason. For 400, 404 and 421, the message quotes the beginning
  // of the answer's body, at most 500 bytes. A message need not name the agent. It may hold any bytes that the agent
  // sent: make it printable before you show it.
  absl::Status Request(const std::string& path_and_query, int stop_fd);

  // Errors: kCancelled and kUnavailable, as above. kResourceExhausted when the answer is too long; this error follows
  // the last piece.
  absl::StatusOr<std::string> Next() override;

  // Cancels the request under way, if any.
  void Cancel();

 private:
  // Waits until the request has made progress, for at most a second. Returns the answer once it is complete, and
  // nullopt before.
  absl::StatusOr<std::optional<HttpAnswer>> Wait();
  void TakeLast(HttpAnswer* answer);
  void SetWaiting(std::string body);

  const std::string url_;
  HttpClient client_;
  int stop_fd_ = -1;
  bool is_over_ = true;
  bool is_cut_ = false;     // more than kMaxBodyBytes came
  std::string waiting_;     // a part of the body, from which Next() takes its pieces
  size_t taken_bytes_ = 0;  // of `waiting_`
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_ATTACH_HTTP_FETCH_H_
