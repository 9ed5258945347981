// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_ATTACH_JSON_SCALAR_H_
#define TCPGAUGE_SRC_ATTACH_JSON_SCALAR_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

namespace tcpgauge {

// A JSON value that is neither an object nor an array. monostate = null. A number that is not a whole number from 0 to
// UINT64_MAX is a double, and is finite.
using JsonScalar = std::variant<std::monostate, bool, uint64_t, double, std::string_view>;

// These functions take a value from an agent that is not trusted. A value of another type, or out of range, counts as a
// missing one.
// Thread: any.

// Whether the value is a number, of whatever size.
bool IsNumber(const JsonScalar& value);

// Returns the text; empty if it is missing. Points into the value.
std::string_view TextOf(const JsonScalar& value);

// Returns the first `max_bytes` of the text.
std::string NameOf(const JsonScalar& value, size_t max_bytes);

// Returns the whole number; 0 if it is missing. SmallCountOf() returns UINT32_MAX for a greater one.
uint64_t CountOf(const JsonScalar& value);
uint32_t SmallCountOf(const JsonScalar& value);

// Returns the number; 0 if it is missing or negative, and `max` if it is greater.
double NumberOf(const JsonScalar& value, double max);

// Returns seconds as nanoseconds; `unknown` if the number is missing, negative or at least kEndNs.
int64_t NanosecondsOf(const JsonScalar& value, int64_t unknown);

// The end of the times and durations that NanosecondsOf() returns: the year 2116. The difference of two times, and the
// sum of two durations, fit into 64 bits.
constexpr int64_t kEndNs = INT64_MAX / 2;

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_ATTACH_JSON_SCALAR_H_
