// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_METRICS_TEXT_NUMBER_H_
#define TCPGAUGE_EXPORTER_METRICS_TEXT_NUMBER_H_

#include <cstdint>
#include <string>

namespace tcpgauge {

// Numbers as prometheus-cpp 1.0.1 writes them into the text format: 16 significant digits, "+Inf", "Nan".
void AppendCount(uint64_t count, std::string* text);
void AppendNumber(double number, std::string* text);

// A bucket's bound as OpenMetrics 1.0 ("Considerations: Canonical Numbers") wants it, so that every exposer spells it
// alike: "0.001", "1.0", "1e+06", "+Inf". REQUIRES: not negative, a number.
void AppendOpenMetricsBound(double bound, std::string* text);

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_METRICS_TEXT_NUMBER_H_
