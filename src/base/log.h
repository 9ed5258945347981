// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_BASE_LOG_H_
#define TCPGAUGE_SRC_BASE_LOG_H_

#include <cstddef>
#include <initializer_list>
#include <string_view>

#include "src/base/log_format.h"

namespace tcpgauge {

// The log of the process: lines on standard error, each written at once.
//
// Thread: any, but never a worker per packet: a line costs a lock and a system call.
// Nothing is logged below the level that is set; before SetUpLog(), info in logfmt.

// Call once, before other threads start.
void SetUpLog(LogLevel level, LogFormat format);

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

// While one lives, lines are kept instead of written, so that they do not garble a terminal that curses owns; its end
// writes them. Keeps the latest kMaxHeldLines; if there were more, a line says how many were left out.
// Not nested: at most one at a time.
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
