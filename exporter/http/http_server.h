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

// What clients may take of the agent. The server refuses or cuts off whatever exceeds a limit.
struct HttpLimits {
  // Connections open at a time for each address, or fewer if descriptors are scarce (DescriptorBudget()). A connection
  // beyond them is closed. When half as many are open on all addresses together, each new one breaks the connection
  // that has waited longest for a request.
  unsigned connections = 512;
  size_t request_header_bytes = 32 << 10;  // request line and headers; larger ones get 431 or 414
  unsigned idle_timeout_seconds = 60;      // without a byte in either direction; 0 = no limit
  // From the opening of a connection to the end of its first request's header. For later requests the idle time is
  // added.
  absl::Duration request = absl::Seconds(9);
  absl::Duration response = absl::Seconds(60);  // from the end of the header to the last byte of the response
};

// Returns the context for the next connection, never null. Called by the server's threads, several at a time.
using TlsSource = std::function<std::shared_ptr<const TlsContext>()>;

// An HTTP/1.1 server on libmicrohttpd, the only home of microhttpd.h.
//
// Each connection has a thread of its own. So a client that reads slowly or not at all, or a handler that computes,
// holds up no other client. HttpLimits bounds what clients can take.
//
// Why libmicrohttpd: Debian 12 packages it with IPv6, unix sockets and TLS. civetweb 1.15, which prometheus-cpp brings,
// was rejected: Debian builds it without IPv6 and unix sockets, it crashes with OpenSSL 3, and it takes two seconds to
// stop.
//
// Thread: Open(), Serve() and Stop() from one thread; the server's threads call the handler and the observer.
class HttpServer {
 public:
  // Listens on every address, without a thread: clients wait until Serve(). With `tls`, all addresses except unix
  // sockets speak TLS. `observer` may be null.
  // Errors: those of ListenSocket::Open(); ResourceExhausted when descriptors are too few. On error no address stays
  // open.
  static absl::StatusOr<std::unique_ptr<HttpServer>> Open(const std::vector<std::string>& addresses,
                                                          HttpHandler handler, const HttpLimits& limits = {},
                                                          TlsSource tls = nullptr,
                                                          std::unique_ptr<RequestObserver> observer = nullptr);

  // Starts the threads. Call it once. Errors: Unavailable.
  absl::Status Serve();

  // Open() and Serve().
  static absl::StatusOr<std::unique_ptr<HttpServer>> Start(const std::vector<std::string>& addresses,
                                                           HttpHandler handler, const HttpLimits& limits = {},
                                                           TlsSource tls = nullptr,
                                                           std::unique_ptr<RequestObserver> observer = nullptr);

  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  // The URLs of the addresses, in their order: "http://127.0.0.1:10406", "https://[::1]:443",
  // "unix:/run/tcpgauge.sock".
  const std::vector<std::string>& urls() const { return urls_; }

  // The version of libmicrohttpd.
  static std::string LibraryVersion();

  // Closes all connections, even in the middle of a response. Returns when no handler runs any more. A second call has
  // no effect.
  void Stop();

 private:
  class Listener;

  HttpServer(HttpHandler handler, const HttpLimits& limits, TlsSource tls, std::unique_ptr<RequestObserver> observer);

  const HttpHandler handler_;
  const HttpLimits limits_;
  const TlsSource tls_;
  const std::unique_ptr<RequestObserver> observer_;  // null = no observer
  std::unique_ptr<ConnectionDeadlines> deadlines_;   // null before Serve()
  std::vector<std::string> urls_;
  std::vector<std::unique_ptr<Listener>> listeners_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_HTTP_HTTP_SERVER_H_
