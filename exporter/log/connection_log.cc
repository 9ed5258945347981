// SPDX-License-Identifier: Apache-2.0
#include "exporter/log/connection_log.h"

#include <errno.h>
#include <string.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

#include "absl/status/status.h"
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
constexpr size_t kLineBytes = 1000;  // more than most lines need
constexpr int64_t kWarningIntervalNs = 60 * kNanosecondsPerSecond;

uint64_t CountOf(const prometheus::Counter& counter) { return static_cast<uint64_t>(counter.Value()); }

}  // namespace

std::string ConnectionLogLine(const NamedEndedConnection& ended) {
  const ConnectionSummary& connection = ended.connection.summary;
  const auto& reason = ended.connection.reason;
  JsonWriter writer(kLineBytes);
  writer.Raw("{");
  WriteEnds(connection, ended.connection.client, ended.connection.server, &writer);
  WriteService(connection, &writer);
  writer.Raw(",\"confirmed\":").Raw(connection.confirmed ? "true" : "false");
  WriteInterface(JsonString(ended.interface), &writer);
  WriteEncapsulation(ended.connection.encapsulation, &writer);
  WriteViews(
      ended.connection.views,
      [&ended](size_t i) -> const Encapsulation& { return ended.connection.view_encapsulations[i]; }, &writer);
  WriteState(connection.state, &writer);
  writer.Raw(",\"end\":").Raw(reason.has_value() ? JsonString(EndReasonName(*reason)) : "null");
  writer.Raw(",\"start_time\":").Seconds(connection.start_time_ns);
  writer.Raw(",\"end_time\":").Seconds(connection.last_packet_time_ns);
  WriteDuration(",\"handshake_rtt_seconds\":", connection.handshake_rtt_ns, &writer);
  WriteDuration(",\"server_rtt_seconds\":", connection.server_rtt_ns, &writer);
  WriteDuration(",\"client_rtt_seconds\":", connection.client_rtt_ns, &writer);
  WriteDuration(",\"rtt_seconds\":", connection.rtt_ns, &writer);
  WriteMinRttHalves(connection, &writer);
  WriteSent(connection, &writer);
  WriteResponses(connection, &writer);
  return writer.Raw("}\n").Take();
}

ConnectionLog::ConnectionLog(std::unique_ptr<LineFile> file, Patience* patience, ConnectionLogCounters counters)
    : counters_(counters),
      patience_(*patience),
      file_(std::move(file)),
      write_errors_(SystemClock(), kWarningIntervalNs) {}

absl::StatusOr<std::unique_ptr<ConnectionLog>> ConnectionLog::Open(const std::string& path, Patience* patience,
                                                                   ConnectionLogCounters counters) {
  absl::StatusOr<std::unique_ptr<LineFile>> file = LineFile::Open(path, {counters.lines, counters.lost_in_writing});
  if (!file.ok()) return file.status();
  return std::unique_ptr<ConnectionLog>(new ConnectionLog(*std::move(file), patience, counters));
}

ConnectionLog::~ConnectionLog() { Finish(); }

EndedQueue* ConnectionLog::AddQueue(bool may_wait) {
  queues_.push_back(std::make_unique<EndedQueue>(may_wait, &patience_, &wakeup_, &counters_.lost_in_queue));
  return queues_.back().get();
}

void ConnectionLog::Start() {
  thread_ = NamedThread("connection-log", [this] { Run(); });
}

void ConnectionLog::Reopen() {
  reopen_requested_.store(true, std::memory_order_release);
  wakeup_.Notify();
}

uint64_t ConnectionLog::Finish() {
  const bool had_thread = thread_.joinable();
  if (had_thread) {
    stop_.Stop();
    thread_.join();
  }
  const uint64_t lost = CountOf(counters_.lost_in_queue) + CountOf(counters_.lost_in_writing);
  if (had_thread && lost > 0) LogWarn("connections are missing from the connection log", {{"count", lost}});
  return lost;
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
  while (WriteQueued()) {
  }
  WriteBuffer();
}

void ConnectionLog::ReopenFile() {
  WriteBuffer();
  const absl::StatusOr<bool> reopened = file_->Reopen();
  if (!reopened.ok()) {
    LogWarn("connection log cannot be reopened; the old file stays in use",
            {{"error", std::string(reopened.status().message())}});
  } else if (*reopened) {
    LogInfo("connection log reopened", {});
  }
}

bool ConnectionLog::WriteQueued() {
  bool any = false;
  for (const auto& queue : queues_) {
    while (const NamedEndedConnection* ended = queue->Front()) {
      any = true;
      buffer_ += ConnectionLogLine(*ended);
      queue->Pop();
      if (buffer_.size() < kBufferBytes) continue;
      WriteBuffer();
      if (patience_.LeftNs() == 0) DropQueued();
    }
  }
  return any;
}

void ConnectionLog::DropQueued() {
  for (const auto& queue : queues_) {
    for (; queue->Front() != nullptr; queue->Pop()) counters_.lost_in_queue.Increment();
  }
}

void ConnectionLog::WriteBuffer() {
  if (buffer_.empty()) return;
  file_->Append(buffer_, &patience_);
  buffer_.clear();
  const int error = file_->error();
  if (error == 0) return;
  if (const std::optional<uint64_t> suppressed = write_errors_.Admit()) {
    LogWarn("connection log cannot be written", {{"error", error == ETIMEDOUT ? "nobody reads it" : strerror(error)},
                                                 {"lost", CountOf(counters_.lost_in_writing)}});
  }
}

}  // namespace tcpgauge
