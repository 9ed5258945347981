// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_PACKED_DURATION_H_
#define TCPGAUGE_SRC_FLOW_PACKED_DURATION_H_

#include <cstdint>

namespace tcpgauge {

// A duration in 16 bits, or "no duration". Durations up to 4095 µs are exact. A longer duration loses its lowest bits,
// so that it is too short by less than one part in 2048. Two packed durations compare like the durations, and
// kNoDuration is less than all of them.
//
// Design. A packed duration is a floating-point number plus one: 5 bits of exponent, and 11 bits of mantissa. The
// mantissa's leading bit is left out if the exponent is not 0.
using PackedDuration = uint16_t;

constexpr PackedDuration kNoDuration = 0;
constexpr int kPackedMantissaBits = 11;

// Packs a duration in microseconds.
constexpr PackedDuration PackDuration(uint32_t microseconds) {
  uint32_t exponent = 0;
  uint32_t mantissa = microseconds;
  while (mantissa >> (kPackedMantissaBits + 1) != 0) {
    mantissa >>= 1;
    ++exponent;
  }
  // If the mantissa has its leading bit, this bit adds one to the exponent. So an exponent above 0 implies the bit.
  return static_cast<PackedDuration>((exponent << kPackedMantissaBits) + mantissa + 1);
}

// Returns the duration in microseconds. REQUIRES: `packed` comes from PackDuration().
constexpr uint32_t UnpackDuration(PackedDuration packed) {
  const uint32_t number = packed - 1u;
  const uint32_t exponent = number >> kPackedMantissaBits;
  if (exponent == 0) return number;
  constexpr uint32_t kLeadingBit = 1u << kPackedMantissaBits;
  return ((number & (kLeadingBit - 1)) | kLeadingBit) << (exponent - 1);
}

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_PACKED_DURATION_H_
