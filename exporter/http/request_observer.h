// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_HTTP_REQUEST_OBSERVER_H_
#define TCPGAUGE_EXPORTER_HTTP_REQUEST_OBSERVER_H_

#include <string_view>

namespace tcpgauge {

// What is known of a request when its answer is ready.
struct AnsweredRequest {
  std::string_view path;  // HttpRequest::path; valid during the call of OnAnswer()
  int status = 0;         // of the answer
  // The time that the guard and the handler took. The check of a right password does not count. Nor do receiving,
  // waiting in a lane, and sending.
  double seconds = 0;
};

// Receives a report of each answer that an HttpServer makes, refusals included. An answer is reported even if it can no
// longer be sent. If its body does not fit into memory, the 503 that replaces it is reported too, with an empty path.
//
// Thread: OnAnswer() is called by the server's threads, several at a time.
class RequestObserver {
 public:
  virtual ~RequestObserver() = default;

  // Called before the answer is sent. Must not wait, because that would delay the answer. Must not throw: an exception
  // would end the process.
  virtual void OnAnswer(const AnsweredRequest& request) = 0;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_HTTP_REQUEST_OBSERVER_H_
