// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TUI_GROUP_HISTORY_H_
#define TCPGAUGE_TUI_GROUP_HISTORY_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "src/snapshot/edge_groups.h"

namespace tcpgauge {

// What a group was credited with in a period.
struct GroupChange {
  double seconds = 0;   // the period
  double up_bytes = 0;  // payload of the clients
  double down_bytes = 0;
  double failed = 0;  // connections
  double segments = 0;
  double retransmitted = 0;  // segments
  double responses = 0;
  double response_seconds = 0;  // the sum of all response times
  double handshakes = 0;
  double handshake_seconds = 0;  // the sum of all round-trip times
};

// Returns the latest change of `sum`, which is one of the sums in `groups`. The period is EdgeGroups::change_seconds.
GroupChange ChangeOf(const EdgeSum& sum, const EdgeGroups& groups);

// What the groups of one kind were credited with, second by second, in the last minute.
//
// Design. A service that refuses a connection every few seconds would show a failure only for a second, now and then.
// So failures, loss and times are those of a minute.
//
// Thread: confined to one thread.
// Time: Snapshot::time_ns.
// Bounds: kGroups groups, and the newest kSamples samples of each. If there are more groups than places, the groups
// with the most failures at the moment get the free places, and after them those with the most payload.
class GroupHistory {
 public:
  static constexpr size_t kGroups = 1000;
  static constexpr size_t kSamples = 60;

  // Forgets everything. Call it before groups of another kind are recorded.
  void Clear();

  bool empty() const { return round_ == 0; }

  // Whether more than a few seconds are missing between the newest samples and changes of the `seconds` until
  // `time_ns`, because nobody looked. One sample cannot stand for all of that time.
  bool LacksTimeBefore(int64_t time_ns, double seconds) const;

  // Takes a sample of each group, if about a second has passed since the last samples, or if the time stepped back. Has
  // no effect otherwise, or if EdgeGroups::change_seconds is 0. `ids` has the id of each group. When samples are taken,
  // the groups that get none are forgotten.
  void Record(const EdgeGroups& groups, const std::vector<uint64_t>& ids, int64_t time_ns);

  // Returns the sum of the newest `count` samples of a group. nullopt if the group has none.
  std::optional<GroupChange> SumOf(uint64_t id, size_t count) const;

  // Returns the rates of both directions together in the newest `count` samples, in bytes per second, the oldest first.
  // Empty if the group has none.
  std::vector<double> RatesOf(uint64_t id, size_t count) const;

 private:
  struct Sample {
    float seconds, up_bytes, down_bytes, failed, segments, retransmitted;
    float responses, response_seconds, handshakes, handshake_seconds;
  };
  struct Series {
    std::array<Sample, kSamples> samples{};  // a ring buffer
    uint64_t count = 0;                      // samples taken so far, overwritten ones included
    uint64_t round = 0;                      // when the newest sample was taken; see round_
  };

  void TakeSample(const GroupChange& change, double seconds, Series* series) const;

  absl::flat_hash_map<uint64_t, Series> by_id_;
  uint64_t round_ = 0;  // how often Record() took samples
  int64_t last_time_ns_ = 0;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_TUI_GROUP_HISTORY_H_
