// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_PACKED_AMOUNT_H_
#define TCPGAUGE_SRC_FLOW_PACKED_AMOUNT_H_

#include <cstdint>

namespace tcpgauge {

// A number of bytes in 32 bits. Numbers below 2^27 are exact. A greater number loses its lowest bits, so that it is too
// small by less than one part in 2^26. Numbers of 2^58 and more are stored as the greatest number.
//
// Design. A packed amount is a floating-point number without a sign: 5 bits of exponent, and 27 bits of mantissa.
using PackedAmount = uint32_t;

constexpr int kAmountMantissaBits = 27;

constexpr PackedAmount PackAmount(uint64_t bytes) {
  if (bytes >> kAmountMantissaBits == 0) return static_cast<PackedAmount>(bytes);
  const int exponent = 64 - kAmountMantissaBits - __builtin_clzll(bytes);
  if (exponent > 31) return UINT32_MAX;
  return static_cast<PackedAmount>(exponent) << kAmountMantissaBits | static_cast<PackedAmount>(bytes >> exponent);
}

constexpr uint64_t UnpackAmount(PackedAmount packed) {
  constexpr uint32_t kMantissa = (1u << kAmountMantissaBits) - 1;
  return uint64_t{packed & kMantissa} << (packed >> kAmountMantissaBits);
}

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_PACKED_AMOUNT_H_
