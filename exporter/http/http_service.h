// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_HTTP_HTTP_SERVICE_H_
#define TCPGAUGE_EXPORTER_HTTP_HTTP_SERVICE_H_

#include <functional>
#include <memory>
#include <string>

#include "exporter/http/http_message.h"
#include "exporter/http/request_guard.h"
#include "exporter/http/request_observer.h"
#include "exporter/http/tls_context.h"

namespace tcpgauge {

// Which threads of the server make a response. Requests of one lane wait for each other, and for no other lane. So
// requests that are dear cannot delay those that must be answered in time.
enum class HttpLane {
  kHealth,   // at once, from what is known: one thread
  kMetrics,  // some milliseconds: two threads
  kCostly,   // up to seconds: two threads, and a bounded queue
  kOther,    // two threads
};

// Returns the TLS context for the next connection; never null. May read files.
using TlsSource = std::function<std::shared_ptr<const TlsContext>()>;

// What a server serves, and who watches it. The server owns it. Objects to which it refers must live until
// HttpServer::Stop() has returned.
// Thread: the server's threads call the functions, `guard` and `observer`, several at a time.
struct HttpService {
  HttpHandler handler;
  // Returns the lane of a path. Must return at once. Empty = all paths are in HttpLane::kOther.
  std::function<HttpLane(const std::string& path)> lane_of = nullptr;
  TlsSource tls = nullptr;                              // empty = without TLS
  RequestGuard* guard = nullptr;                        // null = every request is admitted
  std::unique_ptr<RequestObserver> observer = nullptr;  // null = nobody watches
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_HTTP_HTTP_SERVICE_H_
