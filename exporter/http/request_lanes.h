// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_HTTP_REQUEST_LANES_H_
#define TCPGAUGE_EXPORTER_HTTP_REQUEST_LANES_H_

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "exporter/http/http_message.h"
#include "exporter/http/http_service.h"
#include "exporter/http/lane.h"
#include "exporter/http/tls_context.h"

namespace tcpgauge {

// Makes the responses of a server: asks the guard, checks the password, calls the handler, and reports to the observer.
// Each step runs in a lane (HttpLane). Further lanes check passwords, with one thread, and get the TLS contexts of
// connections.
//
// Thread: any.
// Bounds: the caller bounds the requests that are not abandoned to one for each connection. An abandoned request waits
// until its turn, and then costs nothing. A lane has at most kMostOfLane requests for each connection. Of the
// connections that there may be, at most a quarter have a request that waits or runs in HttpLane::kCostly, and at most
// kMostCostlyOfOne of one client. At most half have a password that is checked or waits for that, and at most a quarter
// of one client. Further ones are answered 503 with "Retry-After: 1".
class RequestLanes {
 public:
  static constexpr size_t kMostCostlyOfOne = 4;
  static constexpr size_t kMostOfLane = 4;

  // Called once, with the response. A thread of a lane calls it, or Answer() itself.
  using Done = std::function<void(HttpResponse)>;

  // Starts the threads, for a server of at most `connections`. `service` must outlive this object.
  RequestLanes(const HttpService* service, size_t connections);

  // Makes the response to `request` of `client`, which is a ClientAddress(). Among the requests of the same client, the
  // first of a connection goes before later ones. After Stop(), `done` may never be called.
  void Answer(const std::string& client, bool is_first, std::shared_ptr<const HttpRequest> request, Done done);

  // Completes a response that was made without a handler, such as the refusal of a malformed request: adds the headers
  // of the guard, and reports it to the observer under `path`.
  void Complete(const std::string& path, double seconds, HttpResponse* response) const;

  // Calls HttpService::tls, which must not be empty, on a thread for that alone, and hands the result to `use` there.
  // After Stop(), `use` may never be called.
  void GetTls(std::function<void(std::shared_ptr<const TlsContext>)> use);

  // Whether a request waits for another one in the lane of the metrics, or in that of costly requests.
  bool has_backlog() const;

  // Returns when no handler runs any more. Requests that wait are dropped. A second call has no effect.
  void Stop();

 private:
  struct Job;

  Lane& LaneOf(HttpLane lane);
  void Run(const std::shared_ptr<Job>& job);
  void CheckPassword(const std::shared_ptr<Job>& job);
  void Finish(Job* job, HttpResponse response) const;

  const HttpService& service_;
  const size_t connections_;
  Lane health_;
  Lane metrics_;
  Lane costly_;
  Lane other_;
  Lane passwords_;
  Lane tls_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_HTTP_REQUEST_LANES_H_
