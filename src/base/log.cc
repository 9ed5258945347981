// SPDX-License-Identifier: Apache-2.0
#include "src/base/log.h"

#include <spdlog/details/null_mutex.h>
#include <spdlog/logger.h>
#include <spdlog/sinks/base_sink.h>

#include <cstdint>
#include <cstdio>
#include <deque>
#include <memory>
#include <mutex>
#include <string>

#include "src/base/clock.h"

namespace tcpgauge {
namespace {

// Standard error, which can be held back.
class HoldableSink final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  void Hold() {
    const std::lock_guard<std::mutex> lock(mutex_);
    holding_ = true;
  }

  // Writes what was kept; the number of lines that were not.
  uint64_t Release() {
    const std::lock_guard<std::mutex> lock(mutex_);
    for (const std::string& line : held_) Write(line);
    held_.clear();
    holding_ = false;
    const uint64_t left_out = left_out_;
    left_out_ = 0;
    return left_out;
  }

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    std::string line(message.payload.data(), message.payload.size());
    line += '\n';
    if (!holding_) {
      Write(line);
      return;
    }
    if (held_.size() == LogHold::kMaxHeldLines) {
      held_.pop_front();
      ++left_out_;
    }
    held_.push_back(std::move(line));
  }

  void flush_() override { std::fflush(stderr); }

 private:
  // Standard error is unbuffered. Where it cannot be written there is nobody left to tell.
  static void Write(const std::string& line) { std::fwrite(line.data(), 1, line.size(), stderr); }

  bool holding_ = false;
  std::deque<std::string> held_;
  uint64_t left_out_ = 0;
};

struct ProcessLog {
  std::shared_ptr<HoldableSink> sink = std::make_shared<HoldableSink>();
  spdlog::logger logger{"tcpgauge", sink};
  LogFormat format = LogFormat::kLogfmt;
};

ProcessLog& TheLog() {
  static ProcessLog* const log = new ProcessLog;  // never destroyed: threads may log until the very end
  return *log;
}

spdlog::level::level_enum SpdlogLevel(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return spdlog::level::debug;
    case LogLevel::kInfo:
      return spdlog::level::info;
    case LogLevel::kWarn:
      return spdlog::level::warn;
    case LogLevel::kError:
      return spdlog::level::err;
  }
  return spdlog::level::err;
}

}  // namespace

void SetUpLog(LogLevel level, LogFormat format) {
  TheLog().format = format;
  TheLog().logger.set_level(SpdlogLevel(level));
}

void Log(LogLevel level, std::string_view message, std::initializer_list<LogField> fields) {
  ProcessLog& log = TheLog();
  const spdlog::level::level_enum spdlog_level = SpdlogLevel(level);
  if (!log.logger.should_log(spdlog_level)) return;
  const std::string line = FormatLogLine(log.format, SystemClock().WallNanoseconds(), level, message, fields);
  log.logger.log(spdlog_level, spdlog::string_view_t(line.data(), line.size()));
}

LogHold::LogHold() { TheLog().sink->Hold(); }

LogHold::~LogHold() {
  const uint64_t left_out = TheLog().sink->Release();
  if (left_out > 0) LogWarn("earlier log lines were left out", {{"lines", left_out}});
}

}  // namespace tcpgauge
