// SPDX-License-Identifier: Apache-2.0
#include "src/capture/file_times.h"

#include <algorithm>

#include "src/base/time_units.h"

namespace tcpgauge {
namespace {

constexpr int64_t kDayNs = kSecondsPerDay * kNanosecondsPerSecond;

}  // namespace

void FileTimes::CorrectOutliers(absl::Span<DecodedPacket> packets) {
  for (size_t i = 0; i < packets.size(); ++i) {
    int64_t& time_ns = packets[i].time_ns;
    if (i + 1 < packets.size() && time_ns - latest_ns_ > kDayNs && time_ns - packets[i + 1].time_ns > kDayNs) {
      time_ns = latest_ns_ > 0 ? latest_ns_ : packets[i + 1].time_ns;
    }
    latest_ns_ = std::max(latest_ns_, time_ns);
  }
}

}  // namespace tcpgauge
