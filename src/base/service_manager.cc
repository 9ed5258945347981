// SPDX-License-Identifier: Apache-2.0
#include "src/base/service_manager.h"

#include <stdlib.h>
#include <systemd/sd-daemon.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>

namespace tcpgauge {
namespace {

void Tell(const std::string& text) { sd_notify(/*unset_environment=*/0, text.c_str()); }

}  // namespace

void TellReady(const std::string& status) { Tell("READY=1\nSTATUS=" + status); }
void TellAlive(const std::string& status) { Tell("WATCHDOG=1\nSTATUS=" + status); }
void TellStuck(const std::string& status) { Tell("STATUS=" + status); }
void TellStopping() { Tell("STOPPING=1\nSTATUS=ending"); }

int TellIntervalMs() {
  constexpr uint64_t kStatusIntervalMs = 10000;
  if (getenv("NOTIFY_SOCKET") == nullptr) return -1;
  uint64_t watchdog_us = 0;
  if (sd_watchdog_enabled(/*unset_environment=*/0, &watchdog_us) <= 0) return kStatusIntervalMs;
  return static_cast<int>(std::clamp<uint64_t>(watchdog_us / 2 / 1000, 1, kStatusIntervalMs));
}

std::vector<int> PassedSockets() {
  const int count = sd_listen_fds(/*unset_environment=*/0);
  std::vector<int> descriptors(static_cast<size_t>(std::max(count, 0)));
  std::iota(descriptors.begin(), descriptors.end(), SD_LISTEN_FDS_START);
  return descriptors;
}

}  // namespace tcpgauge
