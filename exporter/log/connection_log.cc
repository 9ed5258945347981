// SPDX-License-Identifier: Apache-2.0
#include "exporter/log/connection_log.h"

#include <string.h>

#include <cstdint>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "src/base/clock.h"
#include "src/base/json_string.h"
#include "src/base/json_writer.h"
#include "src/base/log.h"
#include "src/base/named_thread.h"
#include "src/base/time_units.h"
#include "src/snapshot/connection_json.h"

namespace tcpgauge {
namespace {

constexpr size_t kBufferBytes = 64 << 10;
constexpr size_t kLineBytes = 900;  // more than most lines need
constexpr int64_t kWarningIntervalNs = 60 * kNanosecondsPerSecond;

uint64_t CountOf(const prometheus::Counter& counter) { return static_cast<uint64_t>(counter.Value()); }

}  // namespace

std::string ConnectionLogLine(const NamedEndedConnection& ended) {
  const ConnectionSummary& connection = ended.connection.summary;
  const auto& reason = ended.connection.reason;
  JsonWriter writer(kLineBytes);
  writer.Raw("{");
  WriteEnds(connection, &writer);
  writer.Raw(",\"confirmed\":").Raw(connection.confirmed ? "true" : "false");
  WriteInterface(JsonString(*ended.interface), &writer);
  WriteEncapsulation(ended.connection.encapsulation, &writer);
  WriteState(connection.state, &writer);
  writer.Raw(",\"end\":").Raw(reason.has_value() ? JsonString(EndReasonName(*reason)) : "null");
  writer.Raw(",\"start_time\":").Seconds(connection.start_time_ns);
  writer.Raw(",\"end_time\":").Seconds(connection.last_packet_time_ns);
  WriteDuration(",\"handshake_rtt_seconds\":", connection.handshake_rtt_ns, &writer);
  WriteDuration(",\"server_rtt_seconds\":", connection.server_rtt_ns, &writer);
  WriteDuration(",\"client_rtt_seconds\":", connection.client_rtt_ns, &writer);
  WriteDuration(",\"rtt_seconds\":", connection.rtt_ns, &writer);
  WriteSent(connection, &writer);
  return writer.Raw("}\n").Take();
}

ConnectionLog::ConnectionLog(std::unique_ptr<LineFile> file, ConnectionLogCounters counters)
    : counters_(counters), file_(std::move(file)), write_errors_(SystemClock(), kWarningIntervalNs) {}

absl::StatusOr<std::unique_ptr<ConnectionLog>> ConnectionLog::Open(const std::string& path,
                                                                   ConnectionLogCounters counters) {
  absl::StatusOr<std::unique_ptr<LineFile>> file = LineFile::Open(path, {counters.lines, counters.lost_in_writing});
  if (!file.ok()) return file.status();
  return std::unique_ptr<ConnectionLog>(new ConnectionLog(*std::move(file), counters));
}

ConnectionLog::~ConnectionLog() { Finish(); }

EndedQueue* ConnectionLog::AddQueue(bool lossless) {
  queues_.push_back(std::make_unique<EndedQueue>(lossless, &wakeup_, &counters_.lost_in_queue));
  return queues_.back().get();
}

void ConnectionLog::Start() {
  thread_ = NamedThread("connection-log", [this] { Run(); });
}

void ConnectionLog::Reopen() {
  reopen_requested_.store(true, std::memory_order_release);
  wakeup_.Notify();
}

bool ConnectionLog::Finish() {
  if (thread_.joinable()) {
    stop_.Stop();
    thread_.join();
    while (WriteQueued()) {
    }
    WriteBuffer();
    if (const uint64_t lost = CountOf(counters_.lost_in_queue) + CountOf(counters_.lost_in_writing); lost > 0) {
      LogWarn("connections are missing from the connection log", {{"count", absl::StrCat(lost)}});
    }
  }
  return CountOf(counters_.lost_in_writing) == 0;
}

void ConnectionLog::Run() {
  while (!stop_.stopped()) {
    if (reopen_requested_.exchange(false, std::memory_order_acquire)) ReopenFile();
    if (WriteQueued()) continue;
    WriteBuffer();
    bool may_wait = true;
    for (const auto& queue : queues_) may_wait = queue->PrepareToWait() && may_wait;
    if (may_wait) wakeup_.Wait(stop_.fd(), -1);
  }
}

void ConnectionLog::ReopenFile() {
  WriteBuffer();
  if (const absl::Status reopened = file_->Reopen(); reopened.ok()) {
    LogInfo("connection log reopened", {});
  } else {
    LogWarn("connection log cannot be reopened; the old file stays in use",
            {{"error", std::string(reopened.message())}});
  }
}

bool ConnectionLog::WriteQueued() {
  bool any = false;
  for (const auto& queue : queues_) {
    while (const NamedEndedConnection* ended = queue->Front()) {
      any = true;
      buffer_ += ConnectionLogLine(*ended);
      queue->Pop();
      if (buffer_.size() >= kBufferBytes) WriteBuffer();
    }
  }
  return any;
}

void ConnectionLog::WriteBuffer() {
  if (buffer_.empty()) return;
  file_->Append(buffer_);
  buffer_.clear();
  if (file_->error() == 0) return;
  if (const std::optional<uint64_t> suppressed = write_errors_.Admit()) {
    LogWarn("connection log cannot be written",
            {{"error", strerror(file_->error())}, {"lost", absl::StrCat(CountOf(counters_.lost_in_writing))}});
  }
}

}  // namespace tcpgauge
