// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_HTTP_HTTP_ROUTER_H_
#define TCPGAUGE_EXPORTER_HTTP_HTTP_ROUTER_H_

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "exporter/http/http_message.h"

namespace tcpgauge {

// Answers a request with the handler of its path. All paths are read-only. The cases, in this order:
// - The path has no handler: 404.
// - The method is neither GET nor HEAD: 405.
// - Otherwise: the response of the handler.
//
// Thread: All calls of Handle() come before the first request. The const methods may be called by any thread.
class HttpRouter {
 public:
  // Sets the handler of the requests whose path equals `path`. Replaces an earlier handler of `path`.
  void Handle(std::string path, HttpHandler handler) { handlers_[std::move(path)] = std::move(handler); }

  // Returns all paths that have a handler, sorted.
  std::vector<std::string> paths() const;

  HttpResponse operator()(const HttpRequest& request) const;

 private:
  std::map<std::string, HttpHandler> handlers_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_HTTP_HTTP_ROUTER_H_
