// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_WEB_CONTENT_NEGOTIATION_H_
#define TCPGAUGE_EXPORTER_WEB_CONTENT_NEGOTIATION_H_

#include <string_view>

#include "exporter/metrics/text_writer.h"

namespace tcpgauge {

// Chooses the text format by `accept`, the value of an Accept header (RFC 9110 section 12.5.1). OpenMetrics is chosen
// if the header names it, without a version or with 1.0.0 or 0.0.1, with a quality above 0 that is at least that of the
// Prometheus format. Wildcards count for the Prometheus format alone. Otherwise the Prometheus format 0.0.4 is chosen,
// even if the header accepts neither.
TextFormat NegotiateTextFormat(std::string_view accept);

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_WEB_CONTENT_NEGOTIATION_H_
