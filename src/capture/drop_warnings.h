// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_CAPTURE_DROP_WARNINGS_H_
#define TCPGAUGE_SRC_CAPTURE_DROP_WARNINGS_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "absl/base/thread_annotations.h"
#include "src/base/clock.h"
#include "src/base/log_limiter.h"
#include "src/base/mutex.h"

namespace tcpgauge {

// Logs a warning when the kernel drops packets of an interface: at once, then at most once a minute for each interface,
// however many workers capture on it. A warning states how many packets were dropped since the previous warning. A
// metric has the exact number.
//
// Thread: any. Only workers take the lock, each twice a second for each of its interfaces.
// Bounds: one entry for each interface of which packets were dropped, for at most kMaxNames of them. All further ones
// share an entry named "other".
class DropWarnings {
 public:
  static constexpr size_t kMaxNames = 1024;

  using Warn = std::function<void(const std::string& interface, uint64_t packets)>;

  // `clock` must outlive this object. If `warn` is null, warnings go to the log. Otherwise, in tests, `warn` is called
  // for each warning, while the lock is held.
  explicit DropWarnings(const Clock* clock, Warn warn = nullptr);

  // Adds `packets`, and logs a warning if one is due. Call it regularly, also with 0 packets, because a warning that is
  // not yet due is logged by a later call.
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
