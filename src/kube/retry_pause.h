// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_KUBE_RETRY_PAUSE_H_
#define TCPGAUGE_SRC_KUBE_RETRY_PAUSE_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <utility>

#include "src/base/time_units.h"

namespace tcpgauge {

struct RetryPauseOptions {
  // The back-off is first_ns after a first failure. It doubles with each further failure in a row, up to max_ns.
  int64_t first_ns = kNanosecondsPerSecond;
  int64_t max_ns = 60 * kNanosecondsPerSecond;
  int64_t max_retry_after_ns = 600 * kNanosecondsPerSecond;
  // The longest pause after the server forgot the version from which a watch would continue, without the back-off that
  // AfterExpiry() may add. All agents of a cluster learn at the same moment that a version is forgotten. The pause may
  // be long, because the agent keeps the names that it has.
  int64_t relist_spread_ns = 30 * kNanosecondsPerSecond;
  std::function<double()> random;  // returns a number in [0, 1); must be set
};

// Computes how long to wait before the next request to the API server. The pauses grow with each failure, so that
// agents do not overload a server in trouble. They are random, so that the agents of a cluster do not send requests at
// the same moment.
//
// Thread: confined to one thread.
class RetryPause {
 public:
  explicit RetryPause(RetryPauseOptions options) : options_(std::move(options)) {}

  // Returns the pause after a request that failed. If the server asks for a pause (Retry-After), the result is that
  // pause, cut to max_retry_after_ns, plus a random time of up to half of it. Otherwise the result is the back-off,
  // multiplied by a random number from 0.5 to 1.5.
  int64_t AfterFailure(std::optional<int64_t> retry_after_seconds);
  // Returns the pause after the server forgot the version (status 410): a random time of at most relist_spread_ns. If
  // this is not the first failure in a row, a back-off as in AfterFailure() is added.
  int64_t AfterExpiry();
  // Call it when a request succeeds. The next failure then counts as the first in a row.
  void Reset() { failures_ = 0; }

 private:
  int64_t BackOff();

  const RetryPauseOptions options_;
  int failures_ = 0;  // in a row
};

// Returns the pause from the start to the first request, in [0, spread_ns), or 0 if spread_ns is not positive. The
// pause depends only on spread_ns and on the name of the node. A DaemonSet starts the agents of a cluster together, and
// these pauses spread their first requests evenly.
int64_t FirstRequestNs(std::string_view node_name, int64_t spread_ns);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_KUBE_RETRY_PAUSE_H_
