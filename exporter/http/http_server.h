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

// Limits of the resources that clients may take.
struct HttpLimits {
  // How many connections may be open at a time on each listening address. The server lowers this number if descriptors
  // are scarce (DescriptorBudget()). A connection beyond this number is closed.
  //
  // If a connection arrives when all addresses together have half this number of connections or more, the server breaks
  // the connection that has waited longest for a request. If none waits for a request, none is broken. To break a
  // connection means to shut it down, whatever it is doing.
  unsigned connections = 512;
  // The longest header of a request: the request line and all header lines, with the empty line at the end. A request
  // with a longer header gets 431, or 414 if the target alone is longer than this limit. Its connection is closed. A
  // line that is folded (RFC 9112 section 5.2) counts twice.
  size_t request_header_bytes = 32 << 10;
  // The most header lines and query parameters of a request, taken together. A request with more gets 431, and its
  // connection is closed.
  //
  // If a header does not fit into libmicrohttpd's buffer of some 56 KiB, libmicrohttpd itself answers 431 or 414. If a
  // header fits but leaves fewer than 250 bytes of the buffer free, libmicrohttpd 0.9.75 may give two answers, or none.
  size_t request_fields = 350;
  // A connection on which no byte was received or sent for this long is closed. 0 = `request` alone limits the wait for
  // the next request.
  unsigned idle_timeout_seconds = 60;
  // The time for the first request: from the opening of the connection to the end of the request's header, including
  // the TLS handshake. A later request has `request` plus the idle timeout, from the end of the previous response. When
  // the time is over, the connection is broken.
  absl::Duration request = absl::Seconds(9);
  // The time from the end of a request's header to the last byte of its response. After this time the connection is
  // broken.
  absl::Duration response = absl::Seconds(60);
};

// Returns the TLS context for the next connection; never null.
// Thread: called by the server's threads, several at a time.
using TlsSource = std::function<std::shared_ptr<const TlsContext>()>;

// An HTTP/1.1 server that listens on one or several addresses. It wraps libmicrohttpd: only http_server.cc includes
// microhttpd.h. The bodies of requests are ignored.
//
// A request with an absolute target, such as "GET http://host/metrics", is served like "GET /metrics". The host in the
// target replaces that of the header Host (RFC 9112 section 3.2.2). A request with several Host headers, or with
// an invalid one, gets 400. A request without Host gets 400 too, except in HTTP/1.0 (RFC 9112 section 3.2).
//
// Each connection has a thread of its own, so that neither a client that reads slowly nor a handler that computes
// delays another client.
//
// Why libmicrohttpd: Debian 12 packages it with IPv6, unix sockets and TLS. civetweb 1.15, which prometheus-cpp brings,
// was rejected: Debian builds it without IPv6 and unix sockets, it crashes with OpenSSL 3, and it takes two seconds to
// stop.
//
// Owner: The server owns the handler, the TLS source and the observer. Objects that these refer to must live until
// Stop() has returned.
// Thread: One thread calls Open(), Serve() and Stop(), and destroys the server. The server's threads call the handler,
// the TLS source and the observer, several at a time.
// Bounds: HttpLimits.
class HttpServer {
 public:
  // Listens on every address of `addresses`, whose form is that of ListenSocket::Open(). Starts no thread, so the
  // kernel lets clients wait until Serve(). `tls` is null for a server without TLS. Otherwise all addresses except unix
  // sockets speak TLS. `observer` may be null. On error no address stays open.
  // Errors: those of ListenSocket::Open(), InvalidArgument if `addresses` is empty, or ResourceExhausted if too few
  // descriptors are left.
  static absl::StatusOr<std::unique_ptr<HttpServer>> Open(const std::vector<std::string>& addresses,
                                                          HttpHandler handler, const HttpLimits& limits = {},
                                                          TlsSource tls = nullptr,
                                                          std::unique_ptr<RequestObserver> observer = nullptr);

  // Starts to serve. Call it once, after Open().
  // Errors: Unavailable if no thread or descriptor is available. After an error, some addresses may be served until
  // Stop().
  absl::Status Serve();

  // Calls Open() and Serve(). Errors: those of both. On error nothing is served.
  static absl::StatusOr<std::unique_ptr<HttpServer>> Start(const std::vector<std::string>& addresses,
                                                           HttpHandler handler, const HttpLimits& limits = {},
                                                           TlsSource tls = nullptr,
                                                           std::unique_ptr<RequestObserver> observer = nullptr);

  ~HttpServer();  // calls Stop()
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  // The URLs of the addresses, in the order of Open(): "http://127.0.0.1:10406", "https://[::1]:443",
  // "unix:/run/tcpgauge.sock". If Open() was given port 0, the URL has the port that the kernel chose.
  const std::vector<std::string>& urls() const { return urls_; }

  // Returns the version of libmicrohttpd, such as "0.9.75".
  static std::string LibraryVersion();

  // Closes the listening addresses and all connections, even in the middle of a response. Returns when no handler runs
  // any more. A second call has no effect.
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
