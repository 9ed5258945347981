// SPDX-License-Identifier: Apache-2.0
#include "src/flow/recently_ended.h"

#include <algorithm>

namespace tcpgauge {
namespace {

bool IsHeavier(const RecentlyEnded::Entry& a, const RecentlyEnded::Entry& b) {
  return a.summary.window_payload_bytes > b.summary.window_payload_bytes;
}

}  // namespace

bool RecentlyEnded::WouldKeep(uint64_t window_payload_bytes, bool lived_for_a_window) const {
  if (window_payload_bytes == 0 && !lived_for_a_window) return false;
  if (size() < capacity_) return true;
  const std::vector<Entry>& own = kept_[lived_for_a_window];
  if (own.size() < capacity_ / 2) return true;
  return !own.empty() && window_payload_bytes > own.front().summary.window_payload_bytes;
}

void RecentlyEnded::Add(const Entry& entry) {
  if (!WouldKeep(entry.summary.window_payload_bytes, entry.lived_for_a_window)) return;
  std::vector<Entry>& own = kept_[entry.lived_for_a_window];
  if (size() == capacity_) {
    std::vector<Entry>& loser = own.size() < capacity_ / 2 ? kept_[!entry.lived_for_a_window] : own;
    std::pop_heap(loser.begin(), loser.end(), IsHeavier);
    loser.pop_back();
  }
  own.push_back(entry);
  std::push_heap(own.begin(), own.end(), IsHeavier);
}

void RecentlyEnded::Expire(int64_t now_ns) {
  for (std::vector<Entry>& entries : kept_) {
    const auto kept = std::remove_if(entries.begin(), entries.end(), [this, now_ns](const Entry& entry) {
      return now_ns - entry.end_time_ns > window_ns_;
    });
    if (kept == entries.end()) continue;
    entries.erase(kept, entries.end());
    std::make_heap(entries.begin(), entries.end(), IsHeavier);
  }
}

}  // namespace tcpgauge
