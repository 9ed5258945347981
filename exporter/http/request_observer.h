// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_HTTP_REQUEST_OBSERVER_H_
#define TCPGAUGE_EXPORTER_HTTP_REQUEST_OBSERVER_H_

#include <string_view>

namespace tcpgauge {

// A request that has its answer.
struct AnsweredRequest {
  std::string_view path;  // as in HttpRequest; valid during the call
  int status = 0;
  double seconds = 0;  // from the end of the request to its answer, before that is sent
};

// Is told of each request that the server answers, refusals included. Requests that libmicrohttpd refuses by itself
// (malformed, or a header too long) are not reported: their paths are not known.
//
// Thread: called by the server's threads, several at a time, before the answer is sent; so it must not wait.
class RequestObserver {
 public:
  virtual ~RequestObserver() = default;

  virtual void OnAnswer(const AnsweredRequest& request) = 0;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_HTTP_REQUEST_OBSERVER_H_
