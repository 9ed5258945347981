// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_WEB_CONTENT_NEGOTIATION_H_
#define TCPGAUGE_EXPORTER_WEB_CONTENT_NEGOTIATION_H_

#include <string_view>

#include "exporter/metrics/text_writer.h"

namespace tcpgauge {

// Chooses the text format by `accept`, the value of an Accept header (RFC 9110 section 12.5.1); empty = no header.
//
// Returns kOpenMetrics if all of this holds:
// - The header names OpenMetrics with the version 1.0.0, with 0.0.1, or without a version. A wildcard is not enough.
// - The quality of OpenMetrics is above 0.
// - The quality of OpenMetrics is at least that of the Prometheus format. The Prometheus format has the quality of the
//   most precise element that matches it. From most to least precise, these elements match: text/plain with version
//   0.0.4, text/plain without a version, text/*, and */*. If none matches, the quality is 0.
//
// Otherwise returns kPrometheus, even if the header accepts neither format.
TextFormat NegotiateTextFormat(std::string_view accept);

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_WEB_CONTENT_NEGOTIATION_H_
