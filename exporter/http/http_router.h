// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_HTTP_HTTP_ROUTER_H_
#define TCPGAUGE_EXPORTER_HTTP_HTTP_ROUTER_H_

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "exporter/http/http_message.h"

namespace tcpgauge {

// Finds the handler of a request's path. Everything served can only be read: methods other than GET and HEAD are
// answered with 405, unknown paths with 404. Thread: Handle() before the first request; requests from any.
class HttpRouter {
 public:
  // `path` must match as a whole.
  void Handle(std::string path, HttpHandler handler) { handlers_[std::move(path)] = std::move(handler); }

  // All paths that have a handler.
  std::vector<std::string> paths() const;

  HttpResponse operator()(const HttpRequest& request) const;

 private:
  std::map<std::string, HttpHandler> handlers_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_HTTP_HTTP_ROUTER_H_
