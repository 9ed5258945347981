// SPDX-License-Identifier: Apache-2.0
#include "src/base/log_format.h"

#include "absl/time/time.h"
#include "src/base/json_string.h"

namespace tcpgauge {
namespace {

// RFC 3339 in UTC with milliseconds.
std::string Timestamp(int64_t time_ns) {
  return absl::FormatTime("%Y-%m-%d%ET%H:%M:%E3SZ", absl::FromUnixNanos(time_ns), absl::UTCTimeZone());
}

bool NeedsQuotes(std::string_view value) {
  if (value.empty()) return true;
  for (const unsigned char c : value) {
    if (c <= ' ' || c >= 0x7f || c == '=' || c == '"' || c == '\\') return true;
  }
  return false;
}

// The quoted form of logfmt is a JSON string.
std::string LogfmtValue(std::string_view value) { return NeedsQuotes(value) ? JsonString(value) : std::string(value); }

}  // namespace

std::string_view LogLevelName(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return "debug";
    case LogLevel::kInfo:
      return "info";
    case LogLevel::kWarn:
      return "warn";
    case LogLevel::kError:
      return "error";
  }
  return "error";
}

std::string FormatLogLine(LogFormat format, int64_t time_ns, LogLevel level, std::string_view message,
                          absl::Span<const LogField> fields) {
  const std::string level_name(LogLevelName(level));
  std::string line;
  if (format == LogFormat::kJson) {
    line = absl::StrCat("{\"ts\":\"", Timestamp(time_ns), "\",\"level\":\"", level_name,
                        "\",\"msg\":", JsonString(message));
    for (const LogField& field : fields) {
      absl::StrAppend(&line, ",", JsonString(field.key), ":", JsonString(field.value));
    }
    line += '}';
  } else {
    line = absl::StrCat("ts=", Timestamp(time_ns), " level=", level_name, " msg=", LogfmtValue(message));
    for (const LogField& field : fields) {
      absl::StrAppend(&line, " ", std::string(field.key), "=", LogfmtValue(field.value));
    }
  }
  return line;
}

}  // namespace tcpgauge
