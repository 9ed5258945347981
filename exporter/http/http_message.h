// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_HTTP_HTTP_MESSAGE_H_
#define TCPGAUGE_EXPORTER_HTTP_HTTP_MESSAGE_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"

namespace tcpgauge {

using HttpFields = std::vector<std::pair<std::string, std::string>>;

// A request without its body, because no handler takes one.
struct HttpRequest {
  std::string method = "GET";
  std::string path;    // decoded, without the query
  HttpFields query;    // decoded, in the order received; names may repeat
  HttpFields headers;  // in the order received; names may repeat
  // OK if the connection has no TLS, or if the client's certificate satisfies the configuration. Otherwise says why
  // not; see TlsContext::CheckClient().
  absl::Status client_certificate;

  // The values of all headers with this name, joined by commas (RFC 9110 section 5.3). The case of the name is ignored.
  // nullopt if there is no such header.
  std::optional<std::string> Header(std::string_view name) const;

  // The first value of the query parameter, whose name is case-sensitive; nullopt if the parameter is missing.
  std::optional<std::string> QueryParameter(std::string_view name) const;
};

struct HttpResponse {
  int status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body;
  HttpFields headers;  // in addition to Content-Type, Content-Length and Date
  // Released when the last byte was sent or the connection broke. Code that counts unfinished responses keeps its guard
  // here.
  std::shared_ptr<void> held_while_sent;
};

// Called by the server's threads, several at a time. Answers HEAD like GET; the server leaves the body out.
using HttpHandler = std::function<HttpResponse(const HttpRequest&)>;

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_HTTP_HTTP_MESSAGE_H_
