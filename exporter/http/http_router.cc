// SPDX-License-Identifier: Apache-2.0
#include "exporter/http/http_router.h"

namespace tcpgauge {

std::vector<std::string> HttpRouter::paths() const {
  std::vector<std::string> paths;
  for (const auto& [path, route] : routes_) paths.push_back(path);
  return paths;
}

HttpLane HttpRouter::LaneOf(const std::string& path) const {
  const auto found = routes_.find(path);
  return found == routes_.end() ? HttpLane::kOther : found->second.lane;
}

HttpResponse HttpRouter::operator()(const HttpRequest& request) const {
  HttpResponse response;
  const auto found = routes_.find(request.path);
  if (found == routes_.end()) {
    if (unknown_ != nullptr) return unknown_(request);
    response.status = 404;
    response.body = "404 not found\n";
  } else if (request.method != "GET" && request.method != "HEAD") {
    response.status = 405;
    response.body = "405 method not allowed: use GET or HEAD\n";
    response.headers.emplace_back("Allow", "GET, HEAD");
  } else {
    return found->second.handler(request);
  }
  return response;
}

}  // namespace tcpgauge
