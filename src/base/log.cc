// SPDX-License-Identifier: Apache-2.0
#include "src/base/log.h"

#include <cstdint>
#include <cstdio>
#include <deque>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "src/base/clock.h"
#include "src/base/mutex.h"

namespace tcpgauge {
namespace {

// Standard error is unbuffered, so one fwrite() is one write(2). A failure is ignored, because no other place is left
// to report it.
void WriteToStandardError(const std::string& line) { std::fwrite(line.data(), 1, line.size(), stderr); }

// Writes finished lines, or keeps them. Thread: any.
class LineSink {
 public:
  void Take(std::string line) {
    const MutexLock lock(&mutex_);
    if (!is_holding_) {
      WriteToStandardError(line);
      return;
    }
    if (held_.size() == LogHold::kMaxHeldLines) {
      held_.pop_front();
      ++left_out_;
    }
    held_.push_back(std::move(line));
  }

  // Keeps lines from now on.
  void Hold() {
    const MutexLock lock(&mutex_);
    is_holding_ = true;
  }

  // Writes the lines that were kept; returns the number of lines that were left out.
  uint64_t Release() {
    const MutexLock lock(&mutex_);
    for (const std::string& line : held_) WriteToStandardError(line);
    held_.clear();
    is_holding_ = false;
    return std::exchange(left_out_, 0);
  }

 private:
  Mutex mutex_;  // also held during a write, so that lines keep the order of their calls
  bool is_holding_ ABSL_GUARDED_BY(mutex_) = false;
  std::deque<std::string> held_ ABSL_GUARDED_BY(mutex_);
  uint64_t left_out_ ABSL_GUARDED_BY(mutex_) = 0;
};

// Level and format are set before other threads start, and only read afterwards.
struct ProcessLog {
  LogLevel level = LogLevel::kInfo;
  LogFormat format = LogFormat::kLogfmt;
  LineSink sink;
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

void Log(LogLevel level, std::string_view message, std::initializer_list<LogField> fields) {
  ProcessLog& log = TheLog();
  if (level < log.level) return;
  log.sink.Take(FormatLogLine(log.format, SystemClock().WallNanoseconds(), level, message, fields) + '\n');
}

LogHold::LogHold() { TheLog().sink.Hold(); }

LogHold::~LogHold() {
  const uint64_t left_out = TheLog().sink.Release();
  if (left_out > 0) LogWarn("earlier log lines were left out", {{"lines", left_out}});
}

}  // namespace tcpgauge
