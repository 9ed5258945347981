// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_HTTP_COMPRESSION_H_
#define TCPGAUGE_EXPORTER_HTTP_COMPRESSION_H_

#include <string_view>

#include "exporter/http/http_message.h"

namespace tcpgauge {

// Returns whether a client accepts gzip and does not prefer an uncompressed body ("identity"). `accept_encoding` is the
// value of the request's Accept-Encoding header (RFC 9110 section 12.5.3). If the value is empty, returns false.
bool AcceptsGzip(std::string_view accept_encoding);

// Returns `response` with the header "Vary: Accept-Encoding". If `request` accepts gzip and the body has at least
// 1 KiB, the body is compressed and Content-Encoding is set. If memory is exhausted, the body stays as it is.
// REQUIRES: `response` has neither Content-Encoding nor a shared body.
HttpResponse CompressIfAccepted(const HttpRequest& request, HttpResponse response);

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_HTTP_COMPRESSION_H_
