// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_METRICS_TEXT_NUMBER_H_
#define TCPGAUGE_EXPORTER_METRICS_TEXT_NUMBER_H_

#include <cstdint>
#include <string>

namespace tcpgauge {

// Appends a number as prometheus-cpp 1.0.1 writes it in the text format: 16 significant digits, "+Inf", "-Inf", "Nan".
// A count of more digits is rounded.
void AppendCount(uint64_t count, std::string* text);
void AppendNumber(double number, std::string* text);

// Appends the bound of a bucket as OpenMetrics 1.0 prescribes ("Considerations: Canonical Numbers"), so that all
// exposers spell it alike: "0.001", "1.0", "1e+06", "+Inf". REQUIRES: `bound` is neither negative nor NaN.
void AppendOpenMetricsBound(double bound, std::string* text);

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_METRICS_TEXT_NUMBER_H_
