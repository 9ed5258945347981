// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_OTLP_PUSH_TRANSPORT_H_
#define TCPGAUGE_EXPORTER_OTLP_PUSH_TRANSPORT_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "src/http_client/http_client.h"

namespace tcpgauge {

// Sends requests to the receiver, one at a time. Tests use a transport without a network and without real time.
// Thread: one thread at a time.
class PushTransport {
 public:
  virtual ~PushTransport() = default;

  // Begins to send `body`. Sending advances in Wait() alone. The whole attempt, answer included, takes at most
  // `timeout_ns`. `body` must live, unchanged, until Wait() has returned its result or Cancel() was called.
  // REQUIRES: no body is being sent.
  virtual void Start(const std::string& body, int64_t timeout_ns) = 0;

  // Advances the sending, and waits until the answer has come, the sending has failed, `timeout_ns` have passed, or
  // `stop_fd` is readable (-1 = no descriptor). May also return earlier, so call it in a loop.
  // Returns nullopt while the attempt is under way. Once the answer has come, returns the answer, whatever its status.
  // If no body is being sent, waits for `stop_fd` or `timeout_ns`, and returns nullopt.
  // Errors: DeadlineExceeded when the time-out of Start() has passed, otherwise Unavailable.
  virtual std::optional<absl::StatusOr<HttpAnswer>> Wait(int stop_fd, int64_t timeout_ns) = 0;

  // Stops sending the body. The receiver may have received the body already. If no body is being sent, has no effect.
  virtual void Cancel() = 0;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_OTLP_PUSH_TRANSPORT_H_
