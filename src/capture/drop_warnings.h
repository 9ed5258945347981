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

// Warns that the kernel dropped packets: of an interface at most once a minute, however many workers capture it, with
// the number since the last time. The exact number is a metric.
//
// Thread: any; a lock, which workers share with nobody but each other, twice a second.
class DropWarnings {
 public:
  using Warn = std::function<void(const std::string& interface, uint64_t packets)>;

  // `clock` must outlive it. `warn` is for tests; without it, the log is told.
  explicit DropWarnings(const Clock* clock, Warn warn = nullptr);

  // So many more were dropped, none included: what was held back may be due.
  void Note(const std::string& interface, uint64_t packets);

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
