// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_OPTIONS_OPTION_VALUE_H_
#define TCPGAUGE_SRC_OPTIONS_OPTION_VALUE_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace tcpgauge {

// Parses single values. An error is one line that says what is wrong and what would be right: "'0' is not a number of
// seconds above 0".

// `value` in quotes, with control characters escaped, so that the result is always one line.
std::string Quoted(const std::string& value);

// `text` as one line for a terminal: control characters, which names from outside may contain, become \xNN.
std::string OneLine(const std::string& text);

// true, false, 1 or 0.
absl::StatusOr<bool> ParseBoolean(const std::string& value);

// A decimal integer from `minimum` to `maximum`. `what` names the thing counted, for the error.
absl::StatusOr<int64_t> ParseInteger(const std::string& value, const char* what, int64_t minimum, int64_t maximum);

// A whole number of bytes, or of KiB, MiB or GiB with the suffix K, M or G. From `minimum` to `maximum` bytes.
absl::StatusOr<uint64_t> ParseBytes(const std::string& value, uint64_t minimum, uint64_t maximum);

// `bytes` as ParseBytes() reads it, rounded up to MiB.
std::string ToMebibytes(uint64_t bytes);

// Seconds from `minimum` to `maximum`; a fraction is allowed.
absl::StatusOr<double> ParseSeconds(const std::string& value, double minimum, double maximum);

// HOST:PORT or unix:PATH. HOST is an IPv4 address, an IPv6 address in brackets, a name, or empty for all addresses.
// Port 0 means any free port. Does not check whether the name can be resolved and the port is free.
absl::Status CheckListenAddress(const std::string& value);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_OPTIONS_OPTION_VALUE_H_
