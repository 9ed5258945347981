// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_HTTP_REQUEST_OBSERVER_H_
#define TCPGAUGE_EXPORTER_HTTP_REQUEST_OBSERVER_H_

#include <string_view>

namespace tcpgauge {

// A request and its answer.
struct AnsweredRequest {
  std::string_view path;  // as in HttpRequest; valid during the call
  int status = 0;
  double seconds = 0;  // from the end of the request until the answer is ready to be sent
};

// The server reports each request that it answers, refusals included. It does not report the requests that
// libmicrohttpd refuses by itself (malformed, or with too long a header), because their paths are unknown.
//
// Thread: called by the server's threads, several at a time. OnAnswer() must not wait, because the answer is sent after
// it.
class RequestObserver {
 public:
  virtual ~RequestObserver() = default;

  virtual void OnAnswer(const AnsweredRequest& request) = 0;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_HTTP_REQUEST_OBSERVER_H_
