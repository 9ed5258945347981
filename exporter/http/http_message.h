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

// A request without its body: nothing here takes one.
struct HttpRequest {
  std::string method = "GET";
  std::string path;    // decoded, without the query
  HttpFields query;    // decoded; as they came, names may repeat
  HttpFields headers;  // as they came, names may repeat
  // Whether the client showed the certificate that is asked for, where one is; see TlsContext::CheckClient().
  absl::Status client_certificate;

  // The values of all headers of this name, in any case of letters, joined by commas (RFC 9110 section 5.3); nothing
  // where there is none.
  std::optional<std::string> Header(std::string_view name) const;

  // The first value of the query parameter; nothing where there is none.
  std::optional<std::string> QueryParameter(std::string_view name) const;
};

struct HttpResponse {
  int status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body;
  HttpFields headers;  // beyond Content-Type, Content-Length and Date
  // Lives until the last byte was sent or the connection broke: what counts responses under way hangs its guard here.
  std::shared_ptr<void> held_while_sent;
};

// Called by the server's threads, several at a time. For HEAD it answers as for GET; the server leaves the body out.
using HttpHandler = std::function<HttpResponse(const HttpRequest&)>;

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_HTTP_HTTP_MESSAGE_H_
