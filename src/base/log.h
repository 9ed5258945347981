// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_BASE_LOG_H_
#define TCPGAUGE_SRC_BASE_LOG_H_

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include "src/base/log_format.h"

namespace tcpgauge {

// The log of the process. Each call of Log() makes one line for standard error. While a LogHold exists, lines are kept
// in memory.
//
// Before StartLogThread(), Log() writes the bytes that standard error takes without a wait, and keeps the rest in
// memory. Afterwards, a thread of the log writes all lines, and Log() never waits for the reader of standard error (see
// LineQueue). The process calls FlushLog() before it ends.
//
// Lines below the level of SetUpLog() are dropped. Before SetUpLog(), the level is info and the format is logfmt.
//
// Thread: any. A line costs memory and a lock, so packets are not logged one by one.
// Bounds and errors: those of LineQueue. In place of lost lines, a line "log lines were lost" says how many.

// Sets the level and the format. Call it once, before other threads start.
void SetUpLog(LogLevel level, LogFormat format);

// Starts the thread that writes the lines from now on. Call it once, after privileges are dropped and before other
// threads start. Errors: those of LineQueue::StartThread().
void StartLogThread();

// Makes a line with the time, `level`, `message` and `fields`. FormatLogLine() defines its form.
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

// Writes `text` and a newline after the lines of the log, as they are: level and format have no effect. This is for the
// last line of the process, which tells the user why the process ends. Waits no longer than Log() does.
// REQUIRES: `text` is one line.
void WriteErrorLine(const std::string& text);

// Returns once every line is written or lost, but after `timeout_ns` at the latest. Returns false if lines are left.
// REQUIRES: no LogHold exists.
bool FlushLog(int64_t timeout_ns);

// Returns the number of lines that were lost since the start.
uint64_t LostLogLines();

// While a LogHold exists, log lines are kept in memory, because they would garble a terminal that curses owns. After
// the destructor, the kept lines are written.
//
// REQUIRES: at most one LogHold exists at a time.
// Bounds: those of LineQueue.
class LogHold {
 public:
  LogHold();
  ~LogHold();
  LogHold(const LogHold&) = delete;
  LogHold& operator=(const LogHold&) = delete;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_BASE_LOG_H_
