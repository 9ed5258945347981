// SPDX-License-Identifier: Apache-2.0
#include "exporter/metrics/text_number.h"

#include <charconv>
#include <cmath>
#include <limits>
#include <string_view>

namespace tcpgauge {
namespace {

constexpr int kSignificantDigits = std::numeric_limits<double>::max_digits10 - 1;
// A smaller count is exact as a double and has at most 16 digits, so its integer text is the text of the double.
constexpr uint64_t kFirstInexactCount = uint64_t{1} << std::numeric_limits<double>::digits;
constexpr size_t kLongestNumber = 32;

}  // namespace

void AppendCount(uint64_t count, std::string* text) {
  if (count >= kFirstInexactCount) {
    AppendNumber(static_cast<double>(count), text);
    return;
  }
  char digits[kLongestNumber];
  const auto result = std::to_chars(digits, digits + kLongestNumber, count);
  text->append(digits, static_cast<size_t>(result.ptr - digits));
}

void AppendNumber(double number, std::string* text) {
  if (std::isnan(number)) {
    text->append("Nan");
  } else if (std::isinf(number)) {
    text->append(number < 0 ? "-Inf" : "+Inf");
  } else if (number > 0 && number < static_cast<double>(kFirstInexactCount) && number == std::floor(number)) {
    AppendCount(static_cast<uint64_t>(number), text);
  } else {
    char digits[kLongestNumber];
    const auto result =
        std::to_chars(digits, digits + kLongestNumber, number, std::chars_format::general, kSignificantDigits);
    text->append(digits, static_cast<size_t>(result.ptr - digits));
  }
}

void AppendOpenMetricsBound(double bound, std::string* text) {
  if (std::isinf(bound)) {
    text->append("+Inf");
    return;
  }
  const bool is_plain = bound == 0 || (bound >= 1e-4 && bound < 1e6);
  char digits[kLongestNumber];
  const auto result = std::to_chars(digits, digits + kLongestNumber, bound,
                                    is_plain ? std::chars_format::fixed : std::chars_format::scientific);
  const std::string_view written(digits, static_cast<size_t>(result.ptr - digits));
  text->append(written);
  if (is_plain && written.find('.') == std::string_view::npos) text->append(".0");
}

}  // namespace tcpgauge
