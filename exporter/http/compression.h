// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_HTTP_COMPRESSION_H_
#define TCPGAUGE_EXPORTER_HTTP_COMPRESSION_H_

#include <string_view>

#include "exporter/http/http_message.h"

namespace tcpgauge {

// Whether the value of an Accept-Encoding header (RFC 9110 section 12.5.3) allows gzip and does not prefer identity.
bool AcceptsGzip(std::string_view accept_encoding);

// Returns `response` with its body in gzip, if `request` accepts that and the body has at least 1 KiB. Adds
// "Vary: Accept-Encoding" in any case.
HttpResponse CompressIfAccepted(const HttpRequest& request, HttpResponse response);

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_HTTP_COMPRESSION_H_
