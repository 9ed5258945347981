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
// Thread: any. A line costs a lock and a system call, so nothing is logged per packet.
// Lines below the level of SetUpLog() are dropped. Before SetUpLog(), the level is info and the format is logfmt.

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

// While a LogHold lives, lines are kept in memory, because they would garble a terminal that curses owns. Its
// destructor writes them. At most one LogHold exists at a time.
// Bounds: the latest kMaxHeldLines lines are kept. A last line says how many earlier ones were left out.
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
