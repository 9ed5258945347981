// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_HTTP_HTTP_SERVER_H_
#define TCPGAUGE_EXPORTER_HTTP_HTTP_SERVER_H_

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "exporter/http/connection_deadlines.h"
#include "exporter/http/http_message.h"
#include "exporter/http/request_observer.h"
#include "exporter/http/tls_context.h"

namespace tcpgauge {

// What clients may take of the agent; what is beyond is refused or cut off.
struct HttpLimits {
  // Open at a time for each address, if there are descriptors enough: beyond it new ones are closed. From half of it
  // on, new ones take the place of those that have asked for nothing for the longest.
  unsigned connections = 512;
  size_t request_header_bytes = 32 << 10;  // request line and headers; beyond it 431 or 414
  unsigned idle_timeout_seconds = 60;      // without a byte in either direction
  // From the opening of a connection to the end of its first request's header. Later requests have the idle time as
  // well.
  absl::Duration request = absl::Seconds(9);
  absl::Duration response = absl::Seconds(60);  // from there to the last byte of the response
};

using TlsSource = std::function<std::shared_ptr<const TlsContext>()>;

// An HTTP/1.1 server on libmicrohttpd, the only home of microhttpd.h.
//
// Each connection has a thread of its own. So a client that reads slowly or not at all, or a handler that computes,
// holds up nobody else. What clients can take is bounded by HttpLimits.
//
// Why libmicrohttpd: Debian 12 packages it with IPv6, unix sockets and TLS. civetweb 1.15, which prometheus-cpp brings,
// was rejected: Debian builds it without IPv6 and unix sockets, it crashes with OpenSSL 3, and it takes two seconds to
// stop.
//
// Thread: Open(), Serve() and Stop() from one; the handler is called from many.
class HttpServer {
 public:
  // Listens on every address (see ListenSocket::Open), without a thread: clients wait until Serve(). Fails, with
  // nothing left open, when one of them cannot be had. With `tls`, which gives the context for the next connection, and
  // never null, all but unix sockets speak TLS. `observer` may be null.
  static absl::StatusOr<std::unique_ptr<HttpServer>> Open(const std::vector<std::string>& addresses,
                                                          HttpHandler handler, const HttpLimits& limits = {},
                                                          TlsSource tls = nullptr,
                                                          std::unique_ptr<RequestObserver> observer = nullptr);

  // Starts the threads. Once. Errors: kUnavailable.
  absl::Status Serve();

  // Both at once.
  static absl::StatusOr<std::unique_ptr<HttpServer>> Start(const std::vector<std::string>& addresses,
                                                           HttpHandler handler, const HttpLimits& limits = {},
                                                           TlsSource tls = nullptr,
                                                           std::unique_ptr<RequestObserver> observer = nullptr);

  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  // Where it can be reached, in the order of the addresses: "http://127.0.0.1:10406", "https://[::1]:443",
  // "unix:/run/tcpgauge.sock".
  const std::vector<std::string>& urls() const { return urls_; }

  // libmicrohttpd's.
  static std::string LibraryVersion();

  // Closes all connections, idle ones and those in the middle of a response as well, and returns when no handler runs
  // any more. A second call does nothing.
  void Stop();

 private:
  class Listener;

  HttpServer(HttpHandler handler, const HttpLimits& limits, TlsSource tls, std::unique_ptr<RequestObserver> observer);

  const HttpHandler handler_;
  const HttpLimits limits_;
  const TlsSource tls_;
  const std::unique_ptr<RequestObserver> observer_;  // or null
  std::unique_ptr<ConnectionDeadlines> deadlines_;   // while it serves
  std::vector<std::string> urls_;
  std::vector<std::unique_ptr<Listener>> listeners_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_HTTP_HTTP_SERVER_H_
