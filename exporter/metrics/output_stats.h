// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_METRICS_OUTPUT_STATS_H_
#define TCPGAUGE_EXPORTER_METRICS_OUTPUT_STATS_H_

#include <cstdint>
#include <functional>
#include <optional>

#include "exporter/metrics/push_stats.h"

namespace tcpgauge {

// Connections that ended since the start: each gets a line, once it is written, or is lost.
struct ConnectionLogStats {
  uint64_t lines = 0;
  uint64_t lost_in_queue = 0;    // they ended faster than they could be written
  uint64_t lost_in_writing = 0;  // the file could not be written
};

// What other outputs than an exposition's own have done; none = that output is off.
struct OutputStats {
  std::optional<PushStats> push;
  std::optional<ConnectionLogStats> connection_log;
};

using ConnectionLogStatsSource = std::function<ConnectionLogStats()>;  // empty = there is no connection log

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_METRICS_OUTPUT_STATS_H_
