// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_CAPTURE_DROP_WARNINGS_H_
#define TCPGAUGE_SRC_CAPTURE_DROP_WARNINGS_H_

#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "absl/base/thread_annotations.h"
#include "src/base/clock.h"
#include "src/base/log_limiter.h"
#include "src/base/mutex.h"

namespace tcpgauge {

// Logs a warning when the kernel drops packets of an interface: at most once a minute per interface, however many
// workers capture it. The warning states the number of packets since the one before. A metric has the exact number.
//
// Thread: any. Each worker takes the lock twice a second; no other thread takes it.
// Bounds: one entry for each interface that dropped packets.
class DropWarnings {
 public:
  using Warn = std::function<void(const std::string& interface, uint64_t packets)>;

  // `clock` must outlive it. Tests pass `warn`; if it is null, warnings go to the log.
  explicit DropWarnings(const Clock* clock, Warn warn = nullptr);

  // Adds `packets` (possibly 0) and logs if the limiter now allows a line.
  void Add(const std::string& interface, uint64_t packets);

 private:
  struct Pending {
    explicit Pending(const Clock& clock);

    LogLimiter limiter;
    uint64_t packets = 0;
  };

  const Clock& clock_;
  const Warn warn_;
  Mutex mutex_;
  std::map<std::string, Pending> pending_ ABSL_GUARDED_BY(mutex_);  // by interface
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_CAPTURE_DROP_WARNINGS_H_
