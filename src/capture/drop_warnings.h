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

// Warns when packets of an interface are dropped: at once, then at most once a minute for each interface, however many
// workers capture on it. A warning states how many packets were dropped since the previous warning. One object warns of
// one cause: the kernel dropped packets, or they were lost between workers (see Handover). A metric has the exact
// number.
//
// Thread: any. Only workers take the lock, each twice a second for each of its interfaces.
// Bounds: one entry for each of the first kMaxNames interfaces of which packets were dropped. All further interfaces
// share an entry named "other".
class DropWarnings {
 public:
  static constexpr size_t kMaxNames = 1024;

  using Warn = std::function<void(const std::string& interface, uint64_t packets)>;

  // `clock` must outlive this object. `warn` is called for each warning, while the lock is held. If `warn` is null, the
  // log gets a line that says that the kernel dropped packets.
  explicit DropWarnings(const Clock* clock, Warn warn = nullptr);

  // Adds `packets`, and warns if a warning is due. Call it regularly, also with 0 packets: a warning that must wait
  // comes with a later call for the interface. A warning for "other" comes only with a call that has packets.
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
