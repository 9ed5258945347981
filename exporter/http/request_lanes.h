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

// Makes the responses of a server. For each request, asks the guard (HttpService::guard), calls the handler, and
// reports to the observer, all in the lane of the request's path (HttpLane). Two further lanes check passwords, with
// one thread, and get TLS contexts.
//
// Thread: any.
// Bounds: The caller has one request under way for each connection, besides those that are abandoned. An abandoned
// request waits for its turn, and then costs nothing. Let n be the highest number of connections. A further request is
// answered 503 with "Retry-After: 1" in these cases:
// - kMostOfLane * n requests wait or run in its lane;
// - n / 4 requests (at least 2) wait or run in HttpLane::kCostly, or kMostCostlyOfOne of the same client;
// - n / 2 passwords wait or are checked, or n / 4 of the same client.
// A costly request whose password was right is counted anew when it returns to its lane.
class RequestLanes {
 public:
  static constexpr size_t kMostCostlyOfOne = 4;
  static constexpr size_t kMostOfLane = 4;

  // Called once, with the response. A thread of a lane calls it, or Answer() itself.
  using Done = std::function<void(HttpResponse)>;

  // Starts the threads, for a server of at most `connections`. `service` must outlive this object.
  RequestLanes(const HttpService* service, size_t connections);

  // Makes the response to `request` of `client`, which is a ClientAddress(). `is_first` says that the request is the
  // first of its connection. Such a request goes before the other requests of the same client in its lane. After
  // Stop(), `done` is never called. A request that waits when Stop() is called is dropped with its `done`.
  void Answer(const std::string& client, bool is_first, std::shared_ptr<const HttpRequest> request, Done done);

  // Adds the guard's headers to a response that was made without a handler, such as the refusal of a malformed request.
  // Reports the response to the observer. `path` and `seconds` are those of AnsweredRequest.
  void Complete(const std::string& path, double seconds, HttpResponse* response) const;

  // Calls HttpService::tls on a thread that does nothing else, and `use` with the result on the same thread. After
  // Stop(), never calls `use`.
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
