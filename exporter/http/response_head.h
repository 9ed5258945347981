// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_HTTP_RESPONSE_HEAD_H_
#define TCPGAUGE_EXPORTER_HTTP_RESPONSE_HEAD_H_

#include <cstddef>
#include <string>

#include "absl/time/time.h"
#include "exporter/http/http_message.h"

namespace tcpgauge {

// What the connection does after a response.
enum class AfterResponse {
  kStaysOpen,           // as HTTP/1.1 does without a header
  kStaysOpenByRequest,  // HTTP/1.0: says "Connection: keep-alive"
  kCloses,              // says "Connection: close"
};

// Returns the status line and the headers of `response`, with the empty line at the end (RFC 9112 section 4).
// `body_bytes` is the value of Content-Length, and `now` that of Date. The names and values of response.headers must be
// valid: they are not checked.
std::string ResponseHead(const HttpResponse& response, size_t body_bytes, AfterResponse after, absl::Time now);

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_HTTP_RESPONSE_HEAD_H_
