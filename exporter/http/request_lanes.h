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
#include "exporter/http/request_observer.h"
#include "exporter/http/tls_context.h"

namespace tcpgauge {

// Makes the responses of a server. Each path has a lane (HttpLane). A thread of this lane asks the guard
// (HttpService::guard) and calls the handler. There are two further lanes. One checks passwords on one thread. The
// other gets TLS contexts.
//
// A request that waits for its password to be checked is not in the lane of its path. When the password was right, the
// request enters that lane a second time.
//
// Thread: any.
// Bounds: Each connection has at most one request that is not abandoned (HttpRequest::IsAbandoned()). An abandoned
// request keeps its place in the lane. When its turn comes, the handler is not called. Let n be the number of
// connections that the server allows. A request is answered 503 with "Retry-After: 1" in these cases:
// - kMostOfLane * n requests wait or run in its lane. This is not checked when a request enters its lane again.
// - The lane is HttpLane::kCostly, and n / 4 requests (at least 2) wait or run there.
// - The lane is HttpLane::kCostly, and kMostCostlyOfOne requests of the same client wait or run there.
// - The request's password must be checked, and n / 2 passwords wait or are being checked.
// - The request's password must be checked, and n / 4 passwords of the same client wait or are being checked.
class RequestLanes {
 public:
  static constexpr size_t kMostCostlyOfOne = 4;
  static constexpr size_t kMostOfLane = 4;

  // Receives the response, which has the guard's headers, and AnsweredRequest::seconds. Called at most once, by a
  // thread of a lane or by Answer() itself.
  using Done = std::function<void(HttpResponse response, double seconds)>;

  // Starts the threads, for a server of at most `connections`. `service` must outlive this object.
  RequestLanes(const HttpService* service, size_t connections);

  // Makes the response to `request` of `client`, which is a ClientAddress(). `is_first` says that the request is the
  // first of its connection. Such a request goes before the other requests of the same client in its lane. Stop() drops
  // a request that waits, with its `done`. A request that comes after Stop() is dropped too, or refused at once.
  void Answer(const std::string& client, bool is_first, std::shared_ptr<const HttpRequest> request, Done done);

  // Adds the guard's headers to a response that was made without a handler, such as the refusal of a malformed request.
  void AddHeaders(HttpResponse* response) const;
  // Reports to the observer what a request is answered. Call it once for each request: a response of Answer() may yet
  // be replaced by another.
  void Report(const AnsweredRequest& request) const;

  // Calls HttpService::tls, and then `use` with the result, both on a thread of the lane of TLS contexts. After Stop(),
  // never calls `use`.
  // REQUIRES: HttpService::tls is not empty.
  void GetTls(std::function<void(std::shared_ptr<const TlsContext>)> use);

  // Returns whether a request waits for its turn in HttpLane::kMetrics or HttpLane::kCostly.
  bool has_backlog() const;

  // Returns when no handler runs any more. Requests that wait are never answered. A second call has no effect.
  void Stop();

 private:
  struct Job;

  Lane& LaneOf(HttpLane lane);
  // Whether a request that is about to enter its lane is within the bounds of costly requests.
  bool HasRoom(const Job& job) const;
  void Run(const std::shared_ptr<Job>& job);
  void CheckPassword(const std::shared_ptr<Job>& job);
  void Finish(Job* job, HttpResponse response, double seconds = 0) const;

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
