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

// How fast the heaviest connections were lately: one sample a second.
//
// Bounds: kConnections of them, the first of the snapshot's list, and the one that is watched; one that falls out of
// these loses its history.
class RateHistory {
 public:
  static constexpr size_t kConnections = 1000;
  static constexpr size_t kSamples = 120;

  // Takes a sample when a second of the snapshots' time has passed since the last.
  void Record(const Snapshot& snapshot);

  // Keeps the history of `id` whatever its rank; 0 = none.
  void Watch(uint64_t id) { watched_ = id; }

  // Bytes per second in both directions, oldest first, the newest at most `count`; empty when nothing is known.
  std::vector<double> Of(uint64_t id, size_t count) const;

 private:
  struct Series {
    std::array<float, kSamples> samples{};  // a ring
    uint64_t count = 0;                     // ever taken
    uint64_t round = 0;                     // of the newest
  };

  void Take(const ConnectionSummary& connection);

  absl::flat_hash_map<uint64_t, Series> by_id_;
  uint64_t watched_ = 0;
  uint64_t round_ = 0;
  int64_t last_time_ns_ = 0;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_TUI_RATE_HISTORY_H_
