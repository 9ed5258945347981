// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_HTTP_HTTP_MESSAGE_H_
#define TCPGAUGE_EXPORTER_HTTP_HTTP_MESSAGE_H_

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"

namespace tcpgauge {

// The names and values of headers or of query parameters.
using HttpFields = std::vector<std::pair<std::string, std::string>>;

// A request. It has no body here, because no handler uses the body.
struct HttpRequest {
  std::string method = "GET";
  std::string path;    // percent-decoded, without the query
  HttpFields query;    // percent-decoded, in the order received; names may repeat
  HttpFields headers;  // names may repeat; those of the same name are in the order received
  bool is_from_unix_socket = false;
  // OK if the connection has no TLS. Otherwise the result of TlsContext::CheckClient(): whether the client's
  // certificate, or its absence, satisfies the configuration.
  absl::Status client_certificate;
  // The server sets the flag when nobody waits for the response any more: the client is gone, the connection lost its
  // place (ConnectionPlaces), or the server stops. Null = the flag is never set.
  std::shared_ptr<const std::atomic<bool>> abandoned;

  // Returns whether nobody waits for the response any more. A handler that computes for longer than some milliseconds
  // should call this every few milliseconds. When it returns true, the handler should return at once, with any
  // response.
  bool IsAbandoned() const { return abandoned != nullptr && abandoned->load(std::memory_order_relaxed); }

  // Returns the values of all headers with this name, joined by ", " (RFC 9110 section 5.3), or nullopt if there is no
  // such header. Ignores the case of the name.
  std::optional<std::string> Header(std::string_view name) const;

  // Returns the first value of the query parameter with this name, or nullopt if there is no such parameter. The value
  // of a parameter without "=" is empty. The name is case-sensitive.
  std::optional<std::string> QueryParameter(std::string_view name) const;
};

// A response to a request. The server takes ownership when the handler returns it.
struct HttpResponse {
  int status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body;
  HttpFields headers;  // in addition to Content-Type, Content-Length, Date and Connection
  // If not null, sent instead of `body`. Responses can share it.
  std::shared_ptr<const std::string> shared_body;

  // Returns the body that is sent.
  const std::string& sent_body() const { return shared_body != nullptr ? *shared_body : body; }
};

// Returns the response to a request. Must treat HEAD like GET, because the server itself leaves the body out.
// Must not throw: an exception would end the process.
// Thread: called by the server's threads, several at a time.
using HttpHandler = std::function<HttpResponse(const HttpRequest&)>;

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_HTTP_HTTP_MESSAGE_H_
