// SPDX-License-Identifier: Apache-2.0
#include "src/base/log.h"

#include <unistd.h>

#include <string>

#include "absl/types/span.h"
#include "src/base/clock.h"
#include "src/base/line_queue.h"

namespace tcpgauge {
namespace {

// Level and format are set before other threads start, and only read afterwards.
struct ProcessLog {
  std::string Line(LogLevel line_level, std::string_view message, absl::Span<const LogField> fields) const {
    return FormatLogLine(format, SystemClock().WallNanoseconds(), line_level, message, fields) + '\n';
  }

  LogLevel level = LogLevel::kInfo;
  LogFormat format = LogFormat::kLogfmt;
  LineQueue lines{STDERR_FILENO, [this](uint64_t lost) {
                    return Line(LogLevel::kWarn, "log lines were lost", {{"lines", lost}});
                  }};
};

ProcessLog& TheLog() {
  static ProcessLog* const log = new ProcessLog;  // never destroyed: threads may log until the process ends
  return *log;
}

}  // namespace

void SetUpLog(LogLevel level, LogFormat format) {
  TheLog().level = level;
  TheLog().format = format;
}

void StartLogThread() { TheLog().lines.StartThread(); }

void Log(LogLevel level, std::string_view message, std::initializer_list<LogField> fields) {
  ProcessLog& log = TheLog();
  if (level >= log.level) log.lines.Add(log.Line(level, message, fields));
}

void WriteErrorLine(const std::string& text) { TheLog().lines.Add(text + '\n'); }

bool FlushLog(int64_t timeout_ns) { return TheLog().lines.Flush(timeout_ns); }

uint64_t LostLogLines() { return TheLog().lines.lost(); }

LogHold::LogHold() { TheLog().lines.Hold(); }

LogHold::~LogHold() { TheLog().lines.Release(); }

}  // namespace tcpgauge
