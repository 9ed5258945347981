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
  int64_t first_ns = kNanosecondsPerSecond;  // after a first failure; doubles with each further failure in a row
  int64_t max_ns = 60 * kNanosecondsPerSecond;
  int64_t max_retry_after_ns = 600 * kNanosecondsPerSecond;
  // After the server forgot the version that a watch would continue from. All agents of a cluster learn that at the
  // same moment, and nobody is in a hurry, because the names of before stay.
  int64_t relist_spread_ns = 30 * kNanosecondsPerSecond;
  std::function<double()> random;  // returns a number in [0, 1); must be set
};

// Says how long to wait before the next request to the API server, so that agents neither hurry a server that is in
// trouble, nor come at the same moment.
//
// Thread: confined to one thread.
class RetryPause {
 public:
  explicit RetryPause(RetryPauseOptions options) : options_(std::move(options)) {}

  // A request failed. Returns the pause: the one that the server asks for (Retry-After), and up to half of it more.
  // Without one, the back-off, multiplied by a random number from 0.5 to 1.5.
  int64_t AfterFailure(std::optional<int64_t> retry_after_seconds);
  // The server forgot the version (status 410). Returns a random pause of at most relist_spread_ns. If this comes right
  // after a failure, the back-off is added.
  int64_t AfterExpiry();
  // A request succeeded: the next failure is a first one.
  void Reset() { failures_ = 0; }

 private:
  int64_t BackOff();

  const RetryPauseOptions options_;
  int failures_ = 0;  // in a row
};

// Returns when the node with this name sends its first request, after the start: a time in [0, spread_ns). A node has
// the same time after each start, and the nodes of a cluster are spread evenly, though a DaemonSet starts them
// together.
int64_t FirstRequestNs(std::string_view node_name, int64_t spread_ns);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_KUBE_RETRY_PAUSE_H_
