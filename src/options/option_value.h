// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_OPTIONS_OPTION_VALUE_H_
#define TCPGAUGE_SRC_OPTIONS_OPTION_VALUE_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace tcpgauge {

// Functions that parse single values of options. An error is kInvalidArgument. Its message is one line that quotes the
// value and says what would be right, for example "'0' is not a number of seconds from 0.1 to 3600".
// Thread: any thread may call these functions.

// Returns `value` in single quotes, as one line that is harmless for a terminal. Quotes, backslashes, control
// characters, and bytes that are not UTF-8, are escaped as in C.
std::string Quoted(const std::string& value);

// Returns `text` as one line for a terminal. Names from outside may contain anything. So each byte of a control
// character (U+0000 to U+001F, U+007F to U+009F), and each byte that is not UTF-8, becomes \xNN.
std::string OneLine(const std::string& text);

// Parses true, false, 1 or 0.
absl::StatusOr<bool> ParseBoolean(const std::string& value);

// Parses a decimal integer from `minimum` to `maximum`, both included. In the error, `what` names the counted things.
absl::StatusOr<int64_t> ParseInteger(const std::string& value, const char* what, int64_t minimum, int64_t maximum);

// Parses a whole number of bytes or, with the suffix K, M or G (also in lower case), of KiB, MiB or GiB. The result is
// from `minimum` to `maximum` bytes, both included.
absl::StatusOr<uint64_t> ParseBytes(const std::string& value, uint64_t minimum, uint64_t maximum);

// Returns `bytes` in a form that ParseBytes() accepts, rounded up to whole MiB, such as "64M".
std::string ToMebibytes(uint64_t bytes);

// Parses a number of seconds from `minimum` to `maximum`, both included. A fraction is allowed.
absl::StatusOr<double> ParseSeconds(const std::string& value, double minimum, double maximum);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_OPTIONS_OPTION_VALUE_H_
