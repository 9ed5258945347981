// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_HTTP_HTTP_ROUTER_H_
#define TCPGAUGE_EXPORTER_HTTP_HTTP_ROUTER_H_

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "exporter/http/http_message.h"

namespace tcpgauge {

// Finds the handler of a request's path. An unknown path gets 404. All paths are read-only, so methods other than GET
// and HEAD get 405. Thread: Handle() before the first request; operator() from any.
class HttpRouter {
 public:
  // A request's path must equal `path`.
  void Handle(std::string path, HttpHandler handler) { handlers_[std::move(path)] = std::move(handler); }

  // All paths that have a handler, sorted.
  std::vector<std::string> paths() const;

  HttpResponse operator()(const HttpRequest& request) const;

 private:
  std::map<std::string, HttpHandler> handlers_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_HTTP_HTTP_ROUTER_H_
