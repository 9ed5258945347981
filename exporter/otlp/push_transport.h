// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_OTLP_PUSH_TRANSPORT_H_
#define TCPGAUGE_EXPORTER_OTLP_PUSH_TRANSPORT_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "src/http_client/http_client.h"

namespace tcpgauge {

// How requests get to the receiver; tests hand in one without a network and without time.
// Thread: confined to the pusher's.
class PushTransport {
 public:
  virtual ~PushTransport() = default;

  // Begins to send `body`, which must live until it is over. REQUIRES: nothing is being sent.
  virtual void Start(const std::string& body, int64_t timeout_ns) = 0;

  // Waits until what is being sent is over, `timeout_ns` have passed or `stop_fd` is readable (-1 = none). Nothing when
  // it is not over, or nothing is being sent.
  virtual std::optional<absl::StatusOr<HttpAnswer>> Wait(int stop_fd, int64_t timeout_ns) = 0;

  // Gives up what is being sent, if anything is.
  virtual void Cancel() = 0;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_OTLP_PUSH_TRANSPORT_H_
