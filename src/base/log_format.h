// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_BASE_LOG_FORMAT_H_
#define TCPGAUGE_SRC_BASE_LOG_FORMAT_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"

namespace tcpgauge {

// In ascending order of severity.
enum class LogLevel { kDebug, kInfo, kWarn, kError };
enum class LogFormat { kLogfmt, kJson };

// One key of a log line, and its value. The key is a constant of our code that contains only letters, digits and `_`.
// The value may contain any bytes.
struct LogField {
  // Converts `field_value` to text: a string is copied, a bool becomes "true" or "false", and absl::StrCat() converts a
  // number. `field_key` is borrowed, and must outlive the field.
  template <typename Value>
  LogField(std::string_view field_key, const Value& field_value) : key(field_key), value(Text(field_value)) {}

  std::string_view key;
  std::string value;

 private:
  template <typename Value>
  static std::string Text(const Value& value) {
    if constexpr (std::is_convertible<const Value&, std::string_view>::value) {
      return std::string(std::string_view(value));
    } else if constexpr (std::is_same<Value, bool>::value) {
      return value ? "true" : "false";
    } else {
      return absl::StrCat(value);
    }
  }
};

// Returns "debug", "info", "warn" or "error".
std::string_view LogLevelName(LogLevel level);

// Returns one log line, without a newline at its end. `time_ns` is in nanoseconds since the Unix epoch. The line shows
// this time in UTC, to the millisecond. The two formats are those of Prometheus and its exporters:
//
//   kLogfmt  ts=2026-01-31T12:00:00.000Z level=info msg="new interface" name=eth0
//   kJson    {"ts":"2026-01-31T12:00:00.000Z","level":"info","msg":"new interface","name":"eth0"}
//
// In logfmt, the message or a value is quoted as a JSON string if it is empty, or contains a space, `=`, `"`, `\` or a
// character that is not printable ASCII. Others stand unquoted. In JSON, every value is a string.
//
// `message` and values may contain any bytes, and the result is still one line of UTF-8. Quotes, backslashes and all
// control characters are escaped, and bytes that are not UTF-8 become U+FFFD (JsonString()).
std::string FormatLogLine(LogFormat format, int64_t time_ns, LogLevel level, std::string_view message,
                          absl::Span<const LogField> fields);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_BASE_LOG_FORMAT_H_
