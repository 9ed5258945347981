// SPDX-License-Identifier: Apache-2.0
#include "src/json/json_scalar.h"

#include <algorithm>

#include "src/base/time_units.h"

namespace tcpgauge {
namespace {

// 0 if the value is not a number.
double Double(const JsonScalar& value) {
  const auto* number = std::get_if<double>(&value);
  return number == nullptr ? static_cast<double>(CountOf(value)) : *number;
}

}  // namespace

bool IsNumber(const JsonScalar& value) {
  return std::holds_alternative<uint64_t>(value) || std::holds_alternative<double>(value);
}

std::string_view TextOf(const JsonScalar& value) {
  const auto* text = std::get_if<std::string_view>(&value);
  return text == nullptr ? std::string_view() : *text;
}

std::string NameOf(const JsonScalar& value, size_t max_bytes) {
  return std::string(TextOf(value).substr(0, max_bytes));
}

uint64_t CountOf(const JsonScalar& value) {
  const auto* count = std::get_if<uint64_t>(&value);
  return count == nullptr ? 0 : *count;
}

uint32_t SmallCountOf(const JsonScalar& value) {
  return static_cast<uint32_t>(std::min<uint64_t>(CountOf(value), UINT32_MAX));
}

double NumberOf(const JsonScalar& value, double max) { return std::clamp(Double(value), 0.0, max); }

int64_t NanosecondsOf(const JsonScalar& value, int64_t unknown) {
  const double nanoseconds = Double(value) * kNanosecondsPerSecond;
  const bool is_in_range = nanoseconds >= 0 && nanoseconds < static_cast<double>(kEndNs);
  return IsNumber(value) && is_in_range ? static_cast<int64_t>(nanoseconds) : unknown;
}

}  // namespace tcpgauge
