// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_HTTP_HTTP_SERVER_H_
#define TCPGAUGE_EXPORTER_HTTP_HTTP_SERVER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "exporter/http/http_service.h"
#include "exporter/http/request_head.h"

namespace tcpgauge {

// Limits of the resources that clients may take.
struct HttpLimits {
  // How many connections may be open at a time. The server lowers this number if descriptors are scarce
  // (DescriptorBudget()). When a connection arrives beyond this number, another one is closed: ConnectionPlaces says
  // which.
  size_t connections = 512;
  // The most memory that the bodies of responses take while they are sent. When they take more, the connections that
  // read most slowly are closed. A single body may be larger.
  uint64_t response_bytes = uint64_t{1} << 30;
  RequestHeadLimits head;
  // How long a connection may be idle between a response and the next request. 0 = without limit.
  unsigned idle_timeout_seconds = 60;
  // The time for the head of a request: from its first byte to its end. For the first request of a connection, from the
  // opening of the connection, including the TLS handshake. While others wait, the time is 5 s at most.
  absl::Duration request = absl::Seconds(9);
  // The time to make a response, and the time to send it. While others wait, a client must also take 4 kB a second,
  // measured over 5 s, as long as 16 kB or more of its response are not sent.
  absl::Duration response = absl::Seconds(60);
};

// An HTTP/1.1 server that listens on one or several addresses. The bodies of requests are not read: the connection of a
// request with a body is closed after the response.
//
// "Others wait" means that half of the connections are in use, or that a request for metrics or a costly request waits
// for its turn.
//
// Design. One thread accepts, reads, parses and sends for all connections, so an idle or slow client costs a few
// kilobytes and no thread. Handlers run on the threads of RequestLanes, so neither a handler that computes nor a
// password that is checked delays another kind of request. Nothing waits for a client that does not read: its response
// is a buffer that costs memory within HttpLimits::response_bytes and a place within HttpLimits::connections, and it
// loses the place when another client needs it.
//
// Why Boost.Beast and Asio: the head of a request must be parsed strictly, also behind TLS, and every wait must be
// under the server's control. libmicrohttpd 0.9.75, which was used before, reads TLS itself and passes malformed heads
// on: it removes blanks before colons, joins folded lines, and ends names and values at a NUL. It needs a thread for
// each connection, or else lets a slow handler delay all. civetweb 1.15, which prometheus-cpp brings, has neither IPv6
// nor unix sockets in Debian.
//
// Thread: One thread calls Open(), Serve() and Stop(), and destroys the server.
// Bounds: HttpLimits.
class HttpServer {
 public:
  // Listens on every address of `addresses`, whose form is that of ListenSocket::Open(). Starts no thread, so the
  // kernel lets clients wait until Serve(). If the service has TLS, all addresses except unix sockets speak TLS. On
  // error no address stays open.
  // Errors: those of ListenSocket::Open(), InvalidArgument if `addresses` is empty, or ResourceExhausted if too few
  // descriptors are left.
  static absl::StatusOr<std::unique_ptr<HttpServer>> Open(const std::vector<std::string>& addresses,
                                                          HttpService service, const HttpLimits& limits = {});

  // Starts to serve. Call it once, after Open().
  // Errors: Unavailable if no descriptor is available. After an error, nothing is served.
  absl::Status Serve();

  // Calls Open() and Serve(). Errors: those of both. On error nothing is served.
  static absl::StatusOr<std::unique_ptr<HttpServer>> Start(const std::vector<std::string>& addresses,
                                                           HttpService service, const HttpLimits& limits = {});

  ~HttpServer();  // calls Stop()
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  // The URLs of the addresses, in the order of Open(): "http://127.0.0.1:10406", "https://[::1]:443",
  // "unix:/run/tcpgauge.sock". If Open() was given port 0, the URL has the port that the kernel chose.
  const std::vector<std::string>& urls() const { return urls_; }

  // Returns the version of Boost, such as "1.74".
  static std::string LibraryVersion();

  // Closes the listening addresses and all connections, even in the middle of a response. Sets
  // HttpRequest::abandoned of the requests that are being answered, and returns when no handler runs any more. A second
  // call has no effect.
  void Stop();

 private:
  class Listener;
  class Loop;

  HttpServer(HttpService service, const HttpLimits& limits);

  const HttpService service_;
  const HttpLimits limits_;
  std::vector<std::string> urls_;
  std::vector<std::unique_ptr<Listener>> listeners_;  // empty after Stop()
  std::unique_ptr<Loop> loop_;                        // null before Serve() and after Stop()
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_HTTP_HTTP_SERVER_H_
