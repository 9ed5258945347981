// SPDX-License-Identifier: Apache-2.0
#include "src/flow/stall.h"

#include <algorithm>

#include "src/base/time_units.h"
#include "src/net/connection_state.h"

namespace tcpgauge {
namespace {

constexpr int64_t kMaxSilenceNs = 125 * kNanosecondsPerSecond;
constexpr int64_t kFirstSilenceNs = 10 * kNanosecondsPerSecond;
constexpr int64_t kSilencePerRepeating = 3;

}  // namespace

bool IsStalled(const ConnectionRecord& record, int64_t now_ns, int64_t stall_ns) {
  if (record.state != ConnectionState::kEstablished) return false;
  const int64_t silent_ns = now_ns - record.last_packet_time_ns;
  for (const EndRecord& end : record.ends) {
    if (end.timing != EndRecord::Timing::kRepetition) continue;
    const uint32_t repeating_us = EndRecord::RttTime(record.last_packet_time_ns) - end.rtt_time_us;
    const int64_t repeating_ns = repeating_us * kNanosecondsPerMicrosecond;
    const int64_t longest_silence_ns = std::min(kMaxSilenceNs, kFirstSilenceNs + kSilencePerRepeating * repeating_ns);
    if (repeating_ns + silent_ns >= stall_ns && silent_ns <= longest_silence_ns) return true;
  }
  return false;
}

}  // namespace tcpgauge
