// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_HTTP_REQUEST_TARGET_H_
#define TCPGAUGE_EXPORTER_HTTP_REQUEST_TARGET_H_

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "exporter/http/http_message.h"

namespace tcpgauge {

// The second word of a request's first line (RFC 9112 section 3.2).
struct RequestTarget {
  // The host, and the port if there is one, of an absolute target such as "http://host:port/path". Valid as the value
  // of a Host header, and not empty. Nullopt = the target is not absolute.
  std::optional<std::string> authority;
  std::string path;  // HttpRequest::path
  HttpFields query;  // HttpRequest::query
};

// Parses `target`. A target that begins with http:// or https:// (in upper or lower case) is absolute. If an absolute
// target has no path, its path is "/". Any other target is a path, which need not begin with "/".
//
// In the path and in the query, "%41" becomes "A". In the query, "+" becomes a blank. A "%" without two hexadecimal
// digits stays as it is. An empty parameter, as in "a=1&&b=2", is left out.
//
// Thread: any.
// Errors: InvalidArgument if an absolute target has no host, has a host or port that is not valid, or has a user before
// the host (RFC 9110 section 4.2.4).
absl::StatusOr<RequestTarget> ParseRequestTarget(std::string_view target);

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_HTTP_REQUEST_TARGET_H_
