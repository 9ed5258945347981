#ifndef TCPGAUGE_EXPORTER_CONTENT_NEGOTIATION_H_
#define TCPGAUGE_EXPORTER_CONTENT_NEGOTIATION_H_

#include <string_view>

#include "exporter/http_message.h"
#include "exporter/text_writer.h"

namespace tcpgauge {

// The format that the value of an Accept header (RFC 9110 section 12.5.1) prefers. OpenMetrics only where it is named,
// in version 1.0.0, 0.0.1 or none, and no other format that can be had is preferred; else, and where nothing fits,
// 0.0.4.
TextFormat NegotiateTextFormat(std::string_view accept);

// Whether the value of an Accept-Encoding header (RFC 9110 section 12.5.3) takes gzip, and not the plain form rather.
bool AcceptsGzip(std::string_view accept_encoding);

// `response` in the encoding that `request` prefers. Small bodies stay as they are.
HttpResponse CompressIfAccepted(const HttpRequest& request, HttpResponse response);

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_CONTENT_NEGOTIATION_H_
