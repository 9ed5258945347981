// SPDX-License-Identifier: Apache-2.0
#include "src/flow/recently_ended.h"

#include <algorithm>

namespace tcpgauge {
namespace {

bool IsHeavier(const RecentlyEnded::Entry& a, const RecentlyEnded::Entry& b) {
  return a.summary.window_payload_bytes > b.summary.window_payload_bytes;
}

}  // namespace

void RecentlyEnded::Add(const Entry& entry) {
  if (!WouldKeep(entry.summary.window_payload_bytes)) return;
  if (entries_.size() == capacity_) {
    std::pop_heap(entries_.begin(), entries_.end(), IsHeavier);
    entries_.pop_back();
  }
  entries_.push_back(entry);
  std::push_heap(entries_.begin(), entries_.end(), IsHeavier);
}

void RecentlyEnded::Expire(int64_t now_ns) {
  const auto kept = std::remove_if(entries_.begin(), entries_.end(), [this, now_ns](const Entry& entry) {
    return now_ns - entry.end_time_ns > window_ns_;
  });
  if (kept == entries_.end()) return;
  entries_.erase(kept, entries_.end());
  std::make_heap(entries_.begin(), entries_.end(), IsHeavier);
}

}  // namespace tcpgauge
