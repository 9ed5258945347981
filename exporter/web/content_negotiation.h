// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_WEB_CONTENT_NEGOTIATION_H_
#define TCPGAUGE_EXPORTER_WEB_CONTENT_NEGOTIATION_H_

#include <string_view>

#include "exporter/metrics/text_writer.h"

namespace tcpgauge {

// The format that the value of an Accept header (RFC 9110 section 12.5.1) prefers. OpenMetrics only where it is named,
// in version 1.0.0, 0.0.1 or none, and no other format that can be had is preferred; else, and where nothing fits,
// 0.0.4.
TextFormat NegotiateTextFormat(std::string_view accept);

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_WEB_CONTENT_NEGOTIATION_H_
