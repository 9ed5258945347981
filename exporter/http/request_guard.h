// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_HTTP_REQUEST_GUARD_H_
#define TCPGAUGE_EXPORTER_HTTP_REQUEST_GUARD_H_

#include "exporter/http/http_message.h"

namespace tcpgauge {

// Decides whether a request may reach its handler. The server asks before it calls the handler, and answers by itself
// if the request is refused.
//
// Checking a password takes long on purpose. So the decision has two steps: Decide() is cheap, and the server calls
// CheckPassword() on a thread that is for passwords alone. Clients with wrong passwords can then delay nobody but
// other clients whose passwords must be checked.
//
// Thread: the server's threads call all methods, several at a time.
class RequestGuard {
 public:
  enum class Verdict {
    kAdmit,          // the handler answers
    kRefuse,         // the server sends Decision::refusal
    kCheckPassword,  // the server calls CheckPassword()
  };

  struct Decision {
    Verdict verdict = Verdict::kAdmit;
    HttpResponse refusal;  // with kRefuse only
  };

  virtual ~RequestGuard() = default;

  // Decides without any long computation.
  virtual Decision Decide(const HttpRequest& request) = 0;

  // Checks the password of a request for which Decide() returned kCheckPassword. May compute for seconds. Returns
  // kAdmit or kRefuse.
  virtual Decision CheckPassword(const HttpRequest& request) = 0;

  // Adds the headers that every response must have.
  virtual void AddHeaders(HttpResponse* response) = 0;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_HTTP_REQUEST_GUARD_H_
