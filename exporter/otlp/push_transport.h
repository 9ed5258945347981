// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_OTLP_PUSH_TRANSPORT_H_
#define TCPGAUGE_EXPORTER_OTLP_PUSH_TRANSPORT_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "src/http_client/http_client.h"

namespace tcpgauge {

// Carries requests to the receiver. Tests use a transport without a network and without real time.
// Thread: confined to the pusher's.
class PushTransport {
 public:
  virtual ~PushTransport() = default;

  // Begins to send `body`, which must live until it is sent or cancelled. REQUIRES: no body is being sent.
  virtual void Start(const std::string& body, int64_t timeout_ns) = 0;

  // Waits until the answer has come, sending has failed, `timeout_ns` have passed or `stop_fd` is readable (-1 = no
  // descriptor). nullopt if the sending is not over, or if no body is being sent.
  virtual std::optional<absl::StatusOr<HttpAnswer>> Wait(int stop_fd, int64_t timeout_ns) = 0;

  // Gives up the body that is being sent, if there is one.
  virtual void Cancel() = 0;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_OTLP_PUSH_TRANSPORT_H_
