// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_METRICS_PROCESS_STATS_H_
#define TCPGAUGE_EXPORTER_METRICS_PROCESS_STATS_H_

#include <cstdint>
#include <optional>
#include <string>

namespace tcpgauge {

// What the kernel says of this process: the values of the process_* metrics, as Prometheus's client libraries have
// them. What could not be read is not there.
struct ProcessStats {
  std::optional<double> cpu_seconds;  // user and system
  std::optional<uint64_t> open_fds;
  std::optional<uint64_t> max_fds;
  std::optional<uint64_t> virtual_memory_bytes;
  std::optional<uint64_t> resident_memory_bytes;
  std::optional<double> start_time_seconds;  // Unix epoch
};

// Reads `<proc>/self/…` and `<proc>/stat` (proc(5)).
// Thread: any.
ProcessStats ReadProcessStats(const std::string& proc = "/proc");

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_METRICS_PROCESS_STATS_H_
