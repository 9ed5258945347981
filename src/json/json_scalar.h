// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_JSON_JSON_SCALAR_H_
#define TCPGAUGE_SRC_JSON_JSON_SCALAR_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

namespace tcpgauge {

// A JSON value that is neither an object nor an array. monostate = null. A number up to UINT64_MAX that is written
// without sign, fraction and exponent is a uint64_t. Every other number is a finite double.
using JsonScalar = std::variant<std::monostate, bool, uint64_t, double, std::string_view>;

// These functions convert a value that is not trusted. A value of another type counts as missing.
// Thread: any.

// Returns whether the value is a number, of any size.
bool IsNumber(const JsonScalar& value);

// Returns the text, or an empty text if it is missing. The result borrows the bytes that the value borrows.
std::string_view TextOf(const JsonScalar& value);

// Returns at most the first `max_bytes` bytes of the text. A UTF-8 character at the end may be cut.
std::string NameOf(const JsonScalar& value, size_t max_bytes);

// Return the uint64_t, or 0 if it is missing. For a number above UINT32_MAX, SmallCountOf() returns UINT32_MAX.
uint64_t CountOf(const JsonScalar& value);
uint32_t SmallCountOf(const JsonScalar& value);

// Returns the number, or 0 if it is missing or negative, or `max` if it is greater than `max`.
double NumberOf(const JsonScalar& value, double max);

// Takes a number of seconds and returns nanoseconds. Returns `unknown` if the number is missing or negative, or if the
// result would be kEndNs or more.
int64_t NanosecondsOf(const JsonScalar& value, int64_t unknown);

// The end of the times and durations that NanosecondsOf() returns: the year 2116. Below it, the difference of two times
// and the sum of two durations fit into 64 bits.
constexpr int64_t kEndNs = INT64_MAX / 2;

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_JSON_JSON_SCALAR_H_
