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

// A lane is a group of threads of the server that make responses. A request waits for requests of its own lane, and for
// no others. So costly requests cannot delay those that must be answered in time. RequestLanes has the threads, and
// further lanes for passwords and TLS contexts.
enum class HttpLane {
  kHealth,   // responses that are made immediately; one thread
  kMetrics,  // responses that take some milliseconds; two threads
  kCostly,   // responses that take up to seconds; two threads of low priority, and a shorter queue
  kOther,    // all other responses; two threads
};

// Returns the TLS context for the next connection, never null. May read files.
using TlsSource = std::function<std::shared_ptr<const TlsContext>()>;

// What a server serves, who may use it, and who watches it. The server owns the value. `guard`, and the objects to
// which the functions refer, must live until HttpServer::Stop() has returned.
// Thread: The server's threads call the functions, `guard` and `observer`, several at a time.
struct HttpService {
  HttpHandler handler;
  // Returns the lane of a path. Must return at once, because it delays all connections. Empty = all paths are in
  // HttpLane::kOther.
  std::function<HttpLane(const std::string& path)> lane_of = nullptr;
  TlsSource tls = nullptr;                              // empty = without TLS
  RequestGuard* guard = nullptr;                        // null = every request is admitted
  std::unique_ptr<RequestObserver> observer = nullptr;  // null = nobody watches
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_HTTP_HTTP_SERVICE_H_
