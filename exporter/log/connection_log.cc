// SPDX-License-Identifier: Apache-2.0
#include "exporter/log/connection_log.h"

#include <string.h>

#include <cstdint>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "src/base/clock.h"
#include "src/base/json_string.h"
#include "src/base/log.h"
#include "src/base/named_thread.h"

namespace tcpgauge {
namespace {

constexpr size_t kBufferBytes = 64 << 10;
constexpr int64_t kWarningIntervalNs = 60 * kNanosecondsPerSecond;

// Exact, where a double would round the nanoseconds of today's dates away.
std::string Seconds(int64_t ns) {
  return absl::StrFormat("%d.%09d", ns / kNanosecondsPerSecond, ns % kNanosecondsPerSecond);
}

std::string OptionalSeconds(int64_t ns) { return ns == ConnectionSummary::kUnknown ? "null" : Seconds(ns); }

std::string EndpointObject(const Endpoint& endpoint) {
  return absl::StrCat("{\"address\":\"", endpoint.address.ToString(), "\",\"port\":", endpoint.port, "}");
}

std::string VlanArray(const Encapsulation& encapsulation) {
  std::string array = "[";
  for (size_t i = 0; i < encapsulation.vlan_count; ++i) {
    absl::StrAppend(&array, i > 0 ? "," : "", encapsulation.vlans[i]);
  }
  return array + "]";
}

std::string TunnelArray(const Encapsulation& encapsulation) {
  std::string array = "[";
  for (size_t i = 0; i < encapsulation.tunnel_count; ++i) {
    const Tunnel& tunnel = encapsulation.tunnels[i];
    absl::StrAppend(&array, i > 0 ? "," : "", "{\"type\":", JsonString(TunnelTypeName(tunnel.type)),
                    ",\"id\":", tunnel.has_id ? absl::StrCat(tunnel.id) : "null", "}");
  }
  return array + "]";
}

std::string EndMembers(const char* who, const EndSummary& end) {
  std::string members;
  const auto add = [&](const char* what, uint64_t value) {
    absl::StrAppend(&members, ",\"", who, "_", what, "\":", value);
  };
  add("packets", end.packets);
  add("payload_bytes", end.payload_bytes);
  add("ip_bytes", end.ip_bytes);
  add("retransmitted_segments", end.retransmitted_segments);
  add("out_of_order_segments", end.out_of_order_segments);
  add("zero_windows", end.zero_windows);
  return members;
}

uint64_t CountOf(const prometheus::Counter& counter) { return static_cast<uint64_t>(counter.Value()); }

}  // namespace

std::string ConnectionLogLine(const NamedEndedConnection& ended) {
  const ConnectionSummary& summary = ended.connection.summary;
  const Encapsulation& encapsulation = ended.connection.encapsulation;
  const auto& reason = ended.connection.reason;
  return absl::StrCat(
      "{\"client\":", EndpointObject(summary.client.endpoint), ",\"server\":", EndpointObject(summary.server.endpoint),
      ",\"role\":", JsonString(RoleName(summary.role)), ",\"confirmed\":", summary.confirmed ? "true" : "false",
      ",\"interface\":", JsonString(*ended.interface), ",\"vlans\":", VlanArray(encapsulation),
      ",\"tunnels\":", TunnelArray(encapsulation), ",\"state\":", JsonString(ConnectionStateName(summary.state)),
      ",\"end\":", reason.has_value() ? JsonString(EndReasonName(*reason)) : "null",
      ",\"start_time\":", Seconds(summary.start_time_ns), ",\"end_time\":", Seconds(summary.last_packet_time_ns),
      ",\"handshake_rtt_seconds\":", OptionalSeconds(summary.handshake_rtt_ns),
      ",\"server_rtt_seconds\":", OptionalSeconds(summary.server_rtt_ns),
      ",\"client_rtt_seconds\":", OptionalSeconds(summary.client_rtt_ns),
      ",\"rtt_seconds\":", OptionalSeconds(summary.rtt_ns), EndMembers("client", summary.client),
      EndMembers("server", summary.server), "}\n");
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
  is_to_reopen_.store(true, std::memory_order_release);
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
    if (is_to_reopen_.exchange(false, std::memory_order_acquire)) ReopenFile();
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
    LogInfo("connection log begun anew", {});
  } else {
    LogWarn("connection log cannot be begun anew; the former file stays in use",
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
