// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TUI_RATE_HISTORY_H_
#define TCPGAUGE_TUI_RATE_HISTORY_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "src/snapshot/snapshot.h"

namespace tcpgauge {

// The recent rates of the heaviest connections, in bytes per second. A rate is sampled about once a second.
//
// Thread: confined to one thread.
// Time: Snapshot::time_ns.
// Bounds: at most kConnections + 1 connections, and the newest kSamples samples of each. The connections are the first
// kConnections of the snapshot (the heaviest, unless an attached view asked for another order), and the watched
// connection. When Record() takes samples, connections that get none lose their histories.
class RateHistory {
 public:
  static constexpr size_t kConnections = 1000;
  static constexpr size_t kSamples = 120;

  // Takes a sample of the first kConnections of `snapshot` and of the watched connection, if about a second has passed
  // since the last samples. Also takes samples if the time stepped back, for example because another agent begins to
  // answer at the address that the view is attached to. Otherwise has no effect.
  void Record(const Snapshot& snapshot);

  // Watches only the connection `id`: it is recorded wherever it stands in the snapshot. 0 = no connection.
  void Watch(uint64_t id) { watched_ = id; }

  // Returns the samples of the connection `id`, the oldest first. If there are more than `count`, returns the newest
  // `count` of them. Each sample is the sum of both directions. Empty if the connection has no history.
  std::vector<double> Of(uint64_t id, size_t count) const;

  // What the two ends sent, in bytes per second.
  struct Rates {
    double up = 0;
    double down = 0;
  };

  // Returns the average over the newest `seconds` samples. Uses fewer samples if the connection is younger, or if this
  // object has taken fewer. A sample that the connection lacks counts as 0, because the connection was too light to be
  // recorded. `now_ns` is Snapshot::time_ns of the connection's snapshot. nullopt if the connection has no history.
  std::optional<Rates> AverageOf(const ConnectionSummary& connection, int64_t now_ns, int seconds) const;

 private:
  struct Sample {
    float up = 0;
    float down = 0;
  };
  struct Series {
    std::array<Sample, kSamples> samples{};  // a ring buffer
    uint64_t count = 0;                      // samples taken so far, overwritten ones included
    uint64_t round = 0;                      // when the newest sample was taken; see round_
  };

  void TakeSample(const ConnectionSummary& connection);

  absl::flat_hash_map<uint64_t, Series> by_id_;
  uint64_t watched_ = 0;
  uint64_t round_ = 0;  // how often Record() took samples
  int64_t last_time_ns_ = 0;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_TUI_RATE_HISTORY_H_
