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

// Limits of the resources that clients may take. A connection that exceeds a time limit is closed. Two of the time
// limits are stricter while the server is crowded. It is crowded while at least half of the connections are in use, or
// a request waits for its turn in HttpLane::kMetrics or HttpLane::kCostly.
struct HttpLimits {
  // How many connections may be open at a time. The server lowers this number if descriptors are scarce
  // (DescriptorBudget()). When a further connection arrives, another one is closed: ConnectionPlaces says which.
  size_t connections = 512;
  // The most memory that the bodies of responses take while they are sent. If a further body does not fit, connections
  // that read too slowly are closed. If the body still does not fit, the response is 503. If no other body is being
  // sent, a body may be larger.
  uint64_t response_bytes = uint64_t{1} << 30;
  RequestHeadLimits head;
  // How long a connection may be idle between a response and the next request. 0 = without limit.
  unsigned idle_timeout_seconds = 60;
  // The longest time from the first byte of a request to the end of its head. For the first request of a connection,
  // the time begins when the connection is accepted, and includes the TLS handshake. While the server is crowded, the
  // limit is at most 5 s.
  absl::Duration request = absl::Seconds(9);
  // The longest time to make a response, and also the longest time to send it. While the server is crowded, a client
  // must also take 4 kB a second, as long as at least 16 kB of its response are left. It may be 5 s late.
  absl::Duration response = absl::Seconds(60);
};

// An HTTP/1.1 server that listens on one or several addresses. It does not read the bodies of requests. After the
// response to a request with a body, the connection is closed.
//
// Design. One thread accepts, reads, parses and sends for all connections, so an idle or slow client costs a few
// kilobytes and no thread. Handlers and checks of passwords run on the threads of RequestLanes, so they do not delay
// other kinds of requests. Nothing waits for a client that does not read. The response of such a client takes memory
// within HttpLimits::response_bytes, and its connection a place within HttpLimits::connections. The client loses both
// when another client needs them.
//
// Why Boost.Beast and Asio: the head of a request must be parsed strictly, also behind TLS, and every wait must be
// under the server's control. Two libraries were rejected. libmicrohttpd 0.9.75 passes malformed heads on: it removes
// blanks before colons, joins folded lines, and ends names and values at a NUL. It reads TLS itself, so a check in
// front of it sees no heads. Either it has a thread for each connection, or a slow handler delays all other
// connections. civetweb 1.15, which prometheus-cpp brings, has neither IPv6 nor unix sockets in Debian.
//
// Thread: One thread calls Open(), Serve() and Stop(), and destroys the server.
// Bounds: HttpLimits.
class HttpServer {
 public:
  // Listens on every address of `addresses`, whose form is that of ListenSocket::Open(). Starts no thread, so clients
  // wait in the kernel's queue until Serve(). If HttpService::tls is set, all addresses except unix sockets speak TLS.
  // On error no address stays open.
  // Errors: those of ListenSocket::Open(), InvalidArgument if `addresses` is empty, or ResourceExhausted if too few
  // descriptors are left.
  static absl::StatusOr<std::unique_ptr<HttpServer>> Open(const std::vector<std::string>& addresses,
                                                          HttpService service, const HttpLimits& limits = {});

  // Starts to serve. Call it once.
  // Errors: Unavailable if no descriptor is available, or if the kernel refuses to watch another one. After an error,
  // no client is served.
  absl::Status Serve();

  // Calls Open() and Serve(). Errors: those of both.
  static absl::StatusOr<std::unique_ptr<HttpServer>> Start(const std::vector<std::string>& addresses,
                                                           HttpService service, const HttpLimits& limits = {});

  ~HttpServer();  // calls Stop()
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  // The URLs of the addresses, in the order of the argument of Open(): "http://127.0.0.1:10406", "https://[::1]:443",
  // "unix:/run/tcpgauge.sock". If Open() was given port 0, the URL has the port that the kernel chose.
  const std::vector<std::string>& urls() const { return urls_; }

  // Returns the version of Boost, such as "1.74".
  static std::string LibraryVersion();

  // Closes the listening addresses and all connections, even in the middle of a response. Sets HttpRequest::abandoned
  // of the requests whose responses are being made. Returns when no handler runs any more. A second call has no effect.
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
