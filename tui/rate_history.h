// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TUI_RATE_HISTORY_H_
#define TCPGAUGE_TUI_RATE_HISTORY_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "src/snapshot/snapshot.h"

namespace tcpgauge {

// The recent rates of the heaviest connections, in bytes per second: one sample a second.
//
// Thread: confined to one thread.
// Time: the snapshots' time.
// Bounds: kSamples of each of the first kConnections of the snapshot, and of the watched connection. Any other
// connection loses its history.
class RateHistory {
 public:
  static constexpr size_t kConnections = 1000;
  static constexpr size_t kSamples = 120;

  // Takes a sample of each connection if a second has passed since the last sample.
  void Record(const Snapshot& snapshot);

  // Records the connection `id` whatever its rank; 0 = no connection.
  void Watch(uint64_t id) { watched_ = id; }

  // The newest samples, at most `count`, oldest first: the sum of both directions. Empty for an unknown connection.
  std::vector<double> Of(uint64_t id, size_t count) const;

 private:
  struct Series {
    std::array<float, kSamples> samples{};  // a ring buffer
    uint64_t count = 0;                     // samples taken so far, overwritten ones included
    uint64_t round = 0;                     // when the newest sample was taken; see round_
  };

  void TakeSample(const ConnectionSummary& connection);

  absl::flat_hash_map<uint64_t, Series> by_id_;
  uint64_t watched_ = 0;
  uint64_t round_ = 0;  // how often Record() took samples
  int64_t last_time_ns_ = 0;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_TUI_RATE_HISTORY_H_
