// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_BASE_TIME_UNITS_H_
#define TCPGAUGE_SRC_BASE_TIME_UNITS_H_

#include <cstdint>

namespace tcpgauge {

constexpr int64_t kNanosecondsPerSecond = 1000000000;
constexpr int64_t kNanosecondsPerMillisecond = 1000000;
constexpr int64_t kNanosecondsPerMicrosecond = 1000;
constexpr double kSecondsPerNanosecond = 1e-9;

constexpr int64_t kSecondsPerHour = 3600;
constexpr int64_t kSecondsPerDay = 86400;

// Returns a time in seconds, for a number that is shown, or that is added to such a number. Do not divide by 1e9 there:
// the quotient may differ from the product in the last bit, and all outputs must show the same number.
constexpr double ToSeconds(int64_t nanoseconds) { return static_cast<double>(nanoseconds) * kSecondsPerNanosecond; }

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_BASE_TIME_UNITS_H_
