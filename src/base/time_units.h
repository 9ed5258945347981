// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_BASE_TIME_UNITS_H_
#define TCPGAUGE_SRC_BASE_TIME_UNITS_H_

#include <cstdint>

namespace tcpgauge {

constexpr int64_t kNanosecondsPerSecond = 1000000000;
constexpr int64_t kNanosecondsPerMillisecond = 1000000;
constexpr int64_t kNanosecondsPerMicrosecond = 1000;
// For a number that is shown, use `nanoseconds * kSecondsPerNanosecond` and not a division by 1e9. The quotient may
// differ from the product in the last bit, and all outputs must show the same number.
constexpr double kSecondsPerNanosecond = 1e-9;

constexpr int64_t kSecondsPerHour = 3600;
constexpr int64_t kSecondsPerDay = 86400;

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_BASE_TIME_UNITS_H_
