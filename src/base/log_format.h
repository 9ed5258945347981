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

enum class LogLevel { kDebug, kInfo, kWarn, kError };
enum class LogFormat { kLogfmt, kJson };

// One key and its value. Keys are chosen by our code (letters, digits, `_`); a value may be any bytes.
struct LogField {
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

// "debug", "info", "warn" or "error".
std::string_view LogLevelName(LogLevel level);

// One line without its newline, as Prometheus and its exporters write it: `ts=2026-01-31T12:00:00.000Z level=info
// msg="listening" key=value`, or the same as one JSON object. Whatever the values hold, the result is one line of
// printable UTF-8: quotes, backslashes and control characters are escaped, bytes that are not UTF-8 become U+FFFD.
//
// `time_ns` is Unix time in nanoseconds.
std::string FormatLogLine(LogFormat format, int64_t time_ns, LogLevel level, std::string_view message,
                          absl::Span<const LogField> fields);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_BASE_LOG_FORMAT_H_
