// SPDX-License-Identifier: Apache-2.0
#include "src/base/memory_ahead.h"

#include <algorithm>
#include <optional>
#include <thread>
#include <utility>

#include "src/base/named_thread.h"

namespace tcpgauge {

MemoryAhead::MemoryAhead(Populate populate) : populate_(std::move(populate)) {
  std::optional<std::thread> started = TryNamedThread("memory", [this] { Run(); });
  if (started.has_value()) {
    thread_ = *std::move(started);
  } else {
    ask_at_ = kNever;
  }
}

MemoryAhead::~MemoryAhead() {
  {
    const MutexLock lock(&mutex_);
    ends_ = true;
  }
  work_.NotifyOne();
  if (thread_.joinable()) thread_.join();
}

void MemoryAhead::Ask(uint32_t used) {
  const uint32_t ahead = std::min(used / 8, kMostAhead);
  ask_at_ = used + ahead / 4;  // long before the memory made ready is used up
  {
    const MutexLock lock(&mutex_);
    ready_ = std::max(ready_, used);
    wanted_ = used + ahead;
  }
  work_.NotifyOne();
}

void MemoryAhead::Run() {
  while (true) {
    uint32_t first, count;
    {
      const MutexLock lock(&mutex_);
      while (!ends_ && ready_ >= wanted_) work_.Wait(&mutex_);
      if (ends_) return;
      first = ready_;
      count = wanted_ - first;
      ready_ = wanted_;
    }
    populate_(first, count);
  }
}

}  // namespace tcpgauge
