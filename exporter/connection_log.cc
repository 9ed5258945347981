#include "exporter/connection_log.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "src/base/json_string.h"
#include "src/base/log.h"

namespace tcpgauge {
namespace {

constexpr size_t kBufferBytes = 64 << 10;
constexpr int64_t kNanosecondsPerSecond = 1000000000;

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

absl::StatusOr<std::unique_ptr<ConnectionLog>> ConnectionLog::Open(const std::string& path) {
  if (path == "-") return std::unique_ptr<ConnectionLog>(new ConnectionLog(STDOUT_FILENO, false));
  constexpr int kFlags = O_WRONLY | O_APPEND | O_CLOEXEC;
  constexpr mode_t kMode = 0640;
  int fd = open(path.c_str(), kFlags | O_CREAT | O_EXCL, kMode);
  const bool made = fd >= 0;
  if (!made) fd = open(path.c_str(), kFlags | O_CREAT, kMode);
  if (fd < 0) {
    return absl::InvalidArgumentError(absl::StrCat("--connection-log: cannot write '", path, "': ", strerror(errno)));
  }
  return std::unique_ptr<ConnectionLog>(new ConnectionLog(fd, made));
}

absl::Status ConnectionLog::GiveTo(uid_t uid, gid_t gid) {
  if (!made_ || fchown(fd_, uid, gid) == 0) return absl::OkStatus();
  return absl::PermissionDeniedError(
      absl::StrCat("--connection-log: cannot hand the file over to user ", uid, ": ", strerror(errno)));
}

ConnectionLog::~ConnectionLog() {
  Finish();
  if (fd_ != STDOUT_FILENO) close(fd_);
}

EndedQueue* ConnectionLog::AddQueue(bool lossless) {
  queues_.push_back(std::make_unique<EndedQueue>(lossless, &wakeup_));
  return queues_.back().get();
}

void ConnectionLog::Start() { thread_ = std::thread(&ConnectionLog::Run, this); }

bool ConnectionLog::Finish() {
  if (thread_.joinable()) {
    stop_.Stop();
    thread_.join();
    while (WriteQueued()) {
    }
    WriteBuffer();
    uint64_t lost = 0;
    for (const auto& queue : queues_) lost += queue->lost();
    if (lost > 0) LogWarn("connections are missing from the connection log", {{"count", absl::StrCat(lost)}});
  }
  return failed_writes_ == 0;
}

void ConnectionLog::Run() {
  while (!stop_.stopped()) {
    if (WriteQueued()) continue;
    WriteBuffer();
    bool may_wait = true;
    for (const auto& queue : queues_) may_wait = queue->PrepareToWait() && may_wait;
    if (may_wait) wakeup_.Wait(stop_.fd(), -1);
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
  size_t written = 0;
  while (written < buffer_.size()) {
    const ssize_t count = write(fd_, buffer_.data() + written, buffer_.size() - written);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) {
      if (failed_writes_++ == 0) LogWarn("connection log cannot be written", {{"error", strerror(errno)}});
      break;
    }
    written += static_cast<size_t>(count);
  }
  buffer_.clear();
}

}  // namespace tcpgauge
