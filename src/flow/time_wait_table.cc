// SPDX-License-Identifier: Apache-2.0
#include "src/flow/time_wait_table.h"

#include <algorithm>

namespace tcpgauge {
namespace {

constexpr int32_t kLifetimeSeconds = static_cast<int32_t>(TimeWaitTable::kLifetimeNs / kNanosecondsPerSecond);

uint32_t TagOf(uint64_t key_hash) { return static_cast<uint32_t>(key_hash >> 32); }

// Never 0, which marks a free entry.
uint32_t TimeSeconds(int64_t time_ns) {
  return std::max<uint32_t>(static_cast<uint32_t>(time_ns / kNanosecondsPerSecond), 1);
}

}  // namespace

TimeWaitTable::TimeWaitTable(uint32_t capacity) : set_count_(SetsFor(capacity)), sets_(set_count_) {}

void TimeWaitTable::Add(uint64_t key_hash, const InitialSequences& initial_sequences, int64_t time_ns) {
  const uint32_t now = TimeSeconds(time_ns);
  // The entry to overwrite: the connection's own, a free one, or the oldest.
  Entry* chosen = nullptr;
  uint32_t age_of_chosen = 0;
  for (Entry& entry : SetOf(key_hash).entries) {
    const uint32_t age = entry.time_seconds == 0 ? UINT32_MAX : now - std::min(now, entry.time_seconds);
    if (entry.tag == TagOf(key_hash)) {
      chosen = &entry;
      break;
    }
    if (chosen == nullptr || age > age_of_chosen) {
      chosen = &entry;
      age_of_chosen = age;
    }
  }
  *chosen = {TagOf(key_hash), now, initial_sequences};
}

const TimeWaitTable::InitialSequences* TimeWaitTable::Find(uint64_t key_hash, int64_t time_ns) {
  const uint32_t now = TimeSeconds(time_ns);
  for (Entry& entry : SetOf(key_hash).entries) {
    if (entry.tag != TagOf(key_hash) || entry.time_seconds == 0) continue;
    if (static_cast<int32_t>(now - entry.time_seconds) > kLifetimeSeconds) return nullptr;
    entry.time_seconds = std::max(entry.time_seconds, now);
    return &entry.initial_sequences;
  }
  return nullptr;
}

}  // namespace tcpgauge
