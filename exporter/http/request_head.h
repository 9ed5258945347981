// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_HTTP_REQUEST_HEAD_H_
#define TCPGAUGE_EXPORTER_HTTP_REQUEST_HEAD_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>

#include "exporter/http/http_message.h"

namespace tcpgauge {

struct RequestHeadLimits {
  // The longest head: the request line, all header lines, and the empty line at the end.
  size_t bytes = 32 << 10;
  // The most header lines and query parameters, taken together.
  size_t fields = 350;
};

// The head of a valid request.
struct RequestHead {
  HttpRequest request;
  bool is_http_1_0 = false;
  bool keeps_alive = false;  // the client may send further requests on the connection
  bool has_body = false;     // a body of at least one byte, or a chunked body, follows the head
};

// Why a request is refused. The connection must be closed, because the bytes that follow the head cannot be trusted to
// be a request.
struct RequestHeadError {
  int status = 400;    // of the response
  std::string reason;  // a phrase without a full stop
  std::string path;    // HttpRequest::path; empty if it is not known
};

// Returns the length of the head at the beginning of `bytes`, or 0 if the end of the head is missing. A head ends with
// an empty line. A line end without CR counts too, so that ParseRequestHead() can refuse such a head at once. The
// search leaves out the first `searched` bytes, which an earlier call has searched in vain; 0 = there was no earlier
// call.
size_t FindHeadEnd(std::string_view bytes, size_t searched);

// Parses `head`, whose length FindHeadEnd() returned. Ignores one empty line before the request line (RFC 9112
// section 2.2). Accepts any method.
//
// The parser is strict. Otherwise a proxy in front of the server could read a malformed request in another way than the
// server, and let a request pass that the proxy should refuse (request smuggling, RFC 9112 section 11.2). These errors
// have status 400:
// - any error in the syntax of RFC 9112: line ends other than CRLF, blanks before a colon, an empty name, control
//   characters except tabs, more than one blank between the words of the request line;
// - folded lines (section 5.2);
// - a target that is neither a path, nor absolute, nor "*" with OPTIONS, nor HOST:PORT with CONNECT (section 3.2);
// - a target that is not ASCII, or that ParseRequestTarget() refuses;
// - no Host in HTTP/1.1, several Hosts, or an invalid Host (section 3.2);
// - two headers that give the body's length: Content-Length twice, Transfer-Encoding twice, or both of them
//   (section 6.3);
// - a Content-Length that is not one decimal number;
// - a Transfer-Encoding in HTTP/1.0, or one whose last coding is not chunked (section 6.1).
//
// Other errors have these statuses:
// - 414: the request line alone is longer than limits.bytes;
// - 431: the head exceeds `limits` in another way;
// - 501: a Transfer-Encoding with other codings before "chunked";
// - 505: a version other than HTTP/1.0 and HTTP/1.1.
//
// The host of an absolute target replaces that of the header Host (section 3.2.2).
//
// Boost.Beast parses the syntax. Only request_head.cc includes it.
// Thread: any.
std::variant<RequestHead, RequestHeadError> ParseRequestHead(std::string_view head, const RequestHeadLimits& limits);

// Returns the error for a head that is longer than limits.bytes: status 414 or 431, as above. `begin` is the beginning
// of the head, at least limits.bytes long.
RequestHeadError HeadTooLong(std::string_view begin, const RequestHeadLimits& limits);

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_HTTP_REQUEST_HEAD_H_
