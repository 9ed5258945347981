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
  // The longest head: the request line and all header lines, with the empty line at the end.
  size_t bytes = 32 << 10;
  // The most header lines and query parameters, taken together.
  size_t fields = 350;
};

// The head of a valid request.
struct RequestHead {
  HttpRequest request;
  bool is_http_1_0 = false;
  bool keeps_alive = false;  // the client keeps the connection open after the response
  bool has_body = false;     // a body follows the head
};

// Why a request is refused. Nothing that follows its head can be trusted to be a request.
struct RequestHeadError {
  int status = 400;    // of the response
  std::string reason;  // a phrase without a full stop
  std::string path;    // HttpRequest::path, as far as it is known; otherwise empty
};

// Returns how many bytes at the beginning of `bytes` are a head, or 0 if its end has not been received. The end of a
// head is an empty line. Line ends without CR count too, so that such a head is refused at once. `searched` says how
// many bytes an earlier call with a prefix of `bytes` has been given; 0 = none.
size_t FindHeadEnd(std::string_view bytes, size_t searched);

// Parses `head`, which ends with an empty line. One empty line before the request line is ignored (RFC 9112
// section 2.2). All methods are valid.
//
// The parser is strict, because a proxy in front of the server may read a lax request differently and be tricked by
// the difference (request smuggling, RFC 9112 section 11.2). It refuses, with status 400:
// - any error in the syntax of RFC 9112: line ends other than CRLF, blanks before a colon, an empty name, control
//   characters, more than one blank between the words of the request line;
// - folded lines (section 5.2);
// - a target that is neither a path, nor absolute, nor "*" with OPTIONS, nor HOST:PORT with CONNECT (section 3.2);
// - a missing Host in HTTP/1.1, several of them, or an invalid one (section 3.2);
// - several lengths of the body, in whatever form: several Content-Length, or one beside Transfer-Encoding
//   (section 6.3); a Content-Length that is not one decimal number.
// Other errors: 414 for a target beyond the limit of bytes, 431 for a head beyond the limits, 501 for a
// Transfer-Encoding other than "chunked", 505 for a version other than HTTP/1.0 and HTTP/1.1.
//
// The host of an absolute target replaces that of the header Host (section 3.2.2).
//
// Boost.Beast parses the syntax. Only request_head.cc includes it.
// Thread: any.
std::variant<RequestHead, RequestHeadError> ParseRequestHead(std::string_view head, const RequestHeadLimits& limits);

// Returns the error for a head that is longer than limits.bytes. `begin` is its beginning: limits.bytes or more.
RequestHeadError HeadTooLong(std::string_view begin, const RequestHeadLimits& limits);

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_HTTP_REQUEST_HEAD_H_
