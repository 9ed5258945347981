// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_OPTIONS_OPTION_VALUE_H_
#define TCPGAUGE_SRC_OPTIONS_OPTION_VALUE_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace tcpgauge {

// Reading single values. An error says, in one line, what is wrong and what would be right: "'0' is not a number of
// seconds above 0".

// `value` in quotes, control characters escaped so that it stays one line whatever was typed.
std::string Quoted(const std::string& value);

// `text` on one line, for a terminal: control characters, which names from outside may hold, become \xNN.
std::string OneLine(const std::string& text);

// true, false, 1 or 0.
absl::StatusOr<bool> ParseBoolean(const std::string& value);

// A decimal integer, both bounds included.
absl::StatusOr<int64_t> ParseInteger(const std::string& value, const char* what, int64_t minimum, int64_t maximum);

// A whole number of bytes, or of KiB, MiB or GiB with the suffix K, M or G. Both bounds included.
absl::StatusOr<uint64_t> ParseBytes(const std::string& value, uint64_t minimum, uint64_t maximum);

// `bytes` as ParseBytes() reads it, rounded up to MiB.
std::string ToMebibytes(uint64_t bytes);

// Seconds, a fraction allowed, both bounds included.
absl::StatusOr<double> ParseSeconds(const std::string& value, double minimum, double maximum);

// HOST:PORT where HOST is an IPv4 address, an IPv6 address in brackets, a name, or nothing for all addresses. Whether
// the name can be resolved and the port is free shows when it is opened. Port 0 means any that is free.
absl::Status CheckListenAddress(const std::string& value);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_OPTIONS_OPTION_VALUE_H_
