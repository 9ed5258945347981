// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_HTTP_HTTP_ROUTER_H_
#define TCPGAUGE_EXPORTER_HTTP_HTTP_ROUTER_H_

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "exporter/http/http_message.h"
#include "exporter/http/http_service.h"

namespace tcpgauge {

// Answers a request with the handler of its path. All paths are read-only. The cases, in this order:
// - The path has no handler: 404, or the response of the handler for unknown paths.
// - The method is neither GET nor HEAD: 405.
// - Otherwise: the response of the handler.
//
// Thread: All calls of Handle() and HandleUnknown() come before the first request. Then any thread may call the const
// methods.
class HttpRouter {
 public:
  // Sets the handler of the requests whose path equals `path`, and the lane in which this handler runs. Replaces an
  // earlier handler of `path`.
  void Handle(std::string path, HttpHandler handler, HttpLane lane = HttpLane::kOther) {
    routes_[std::move(path)] = {std::move(handler), lane};
  }

  // Sets the handler of the requests whose path has no handler. The response of `handler` should have the status 404.
  void HandleUnknown(HttpHandler handler) { unknown_ = std::move(handler); }

  // Returns the lane of the requests for `path`. A path without a handler is in HttpLane::kOther.
  HttpLane LaneOf(const std::string& path) const;

  // Returns all paths that have a handler, sorted.
  std::vector<std::string> paths() const;

  HttpResponse operator()(const HttpRequest& request) const;

 private:
  struct Route {
    HttpHandler handler;
    HttpLane lane;
  };

  std::map<std::string, Route> routes_;
  HttpHandler unknown_;  // empty = 404
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_HTTP_HTTP_ROUTER_H_
