// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_BASE_LOG_H_
#define TCPGAUGE_SRC_BASE_LOG_H_

#include <cstddef>
#include <initializer_list>
#include <string_view>

#include "src/base/log_format.h"

namespace tcpgauge {

// The log of the process. Each call of Log() writes one line to standard error before it returns. While a LogHold
// exists, lines are kept in memory instead.
//
// Lines below the level of SetUpLog() are dropped. Before SetUpLog(), the level is info and the format is logfmt.
//
// Thread: any. A line costs a lock and a system call, so packets are not logged one by one.
// Errors: a line that cannot be written is lost.

// Sets the level and the format. Call it once, before other threads start.
void SetUpLog(LogLevel level, LogFormat format);

// Writes a line with the time, `level`, `message` and `fields`. FormatLogLine() defines its form.
void Log(LogLevel level, std::string_view message, std::initializer_list<LogField> fields = {});

inline void LogDebug(std::string_view message, std::initializer_list<LogField> fields = {}) {
  Log(LogLevel::kDebug, message, fields);
}
inline void LogInfo(std::string_view message, std::initializer_list<LogField> fields = {}) {
  Log(LogLevel::kInfo, message, fields);
}
inline void LogWarn(std::string_view message, std::initializer_list<LogField> fields = {}) {
  Log(LogLevel::kWarn, message, fields);
}
inline void LogError(std::string_view message, std::initializer_list<LogField> fields = {}) {
  Log(LogLevel::kError, message, fields);
}

// Keeps log lines in memory, because they would garble a terminal that curses owns. The destructor writes the kept
// lines to standard error.
//
// REQUIRES: at most one LogHold exists at a time.
// Bounds: the latest kMaxHeldLines lines are kept, and earlier ones are lost. If any were lost, the destructor logs
// their number after the kept lines.
class LogHold {
 public:
  static constexpr size_t kMaxHeldLines = 1000;

  LogHold();
  ~LogHold();
  LogHold(const LogHold&) = delete;
  LogHold& operator=(const LogHold&) = delete;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_BASE_LOG_H_
