// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_METRICS_TEXT_NUMBER_H_
#define TCPGAUGE_EXPORTER_METRICS_TEXT_NUMBER_H_

#include <cstdint>
#include <string>

namespace tcpgauge {

// AppendCount() and AppendNumber() append a number as prometheus-cpp 1.0.1 writes it in the text format: with at most
// 16 significant digits, or as "+Inf", "-Inf" or "Nan". A count of 2^53 or more is rounded to 16 digits.
void AppendCount(uint64_t count, std::string* text);
void AppendNumber(double number, std::string* text);

// Appends the upper bound of a bucket: "0.001", "1.0", "1e+06", "+Inf". OpenMetrics 1.0 prescribes this spelling
// ("Considerations: Canonical Numbers"), so that equal bounds of different programs are equal labels. REQUIRES: `bound`
// is neither negative nor NaN.
void AppendOpenMetricsBound(double bound, std::string* text);

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_METRICS_TEXT_NUMBER_H_
