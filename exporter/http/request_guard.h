// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_HTTP_REQUEST_GUARD_H_
#define TCPGAUGE_EXPORTER_HTTP_REQUEST_GUARD_H_

#include "exporter/http/http_message.h"

namespace tcpgauge {

// Decides whether a request may reach its handler. The server asks the guard before it calls the handler. If the guard
// refuses the request, the server sends the guard's response instead.
//
// The check of a password takes long on purpose. So the decision has two steps. Decide() is quick. The server calls
// CheckPassword() on a thread that only checks passwords. A wrong password can then delay only clients whose passwords
// must be checked too.
//
// Thread: The server's threads call all methods, several at a time.
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

  // Decides without any long computation. May read files.
  virtual Decision Decide(const HttpRequest& request) = 0;

  // Checks the password of a request for which Decide() returned kCheckPassword. May compute for seconds. Returns
  // kAdmit or kRefuse.
  virtual Decision CheckPassword(const HttpRequest& request) = 0;

  // Adds the headers that every response must have, refusals included. Must return at once.
  virtual void AddHeaders(HttpResponse* response) = 0;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_HTTP_REQUEST_GUARD_H_
