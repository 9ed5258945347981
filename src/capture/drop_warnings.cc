// SPDX-License-Identifier: Apache-2.0
#include "src/capture/drop_warnings.h"

#include <utility>

#include "src/base/log.h"

namespace tcpgauge {
namespace {

constexpr int64_t kIntervalNs = 60 * kNanosecondsPerSecond;

void WarnInLog(const std::string& interface, uint64_t packets) {
  LogWarn("the kernel dropped packets because its buffer was full", {{"interface", interface}, {"packets", packets}});
}

}  // namespace

DropWarnings::Pending::Pending(const Clock& clock) : limiter(clock, kIntervalNs) {}

DropWarnings::DropWarnings(const Clock* clock, Warn warn)
    : clock_(*clock), warn_(warn != nullptr ? std::move(warn) : WarnInLog) {}

void DropWarnings::Add(const std::string& interface, uint64_t packets) {
  const MutexLock lock(&mutex_);
  auto found = pending_.find(interface);
  if (found == pending_.end()) {
    if (packets == 0) return;
    found = pending_.try_emplace(pending_.size() < kMaxNames ? interface : "other", clock_).first;
  }
  auto& [name, pending] = *found;
  pending.packets += packets;
  if (pending.packets > 0 && pending.limiter.Admit().has_value()) warn_(name, std::exchange(pending.packets, 0));
}

}  // namespace tcpgauge
