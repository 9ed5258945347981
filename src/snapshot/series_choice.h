// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_SNAPSHOT_SERIES_CHOICE_H_
#define TCPGAUGE_SRC_SNAPSHOT_SERIES_CHOICE_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "src/base/time_units.h"
#include "src/net/endpoint.h"
#include "src/snapshot/admission_budget.h"
#include "src/snapshot/snapshot.h"

namespace tcpgauge {

struct SeriesChoiceOptions {
  size_t max_connections = 100;                    // connections with series at a time
  size_t new_per_minute = 20;                      // connections that get series; see AdmissionBudget
  int64_t window_ns = 60 * kNanosecondsPerSecond;  // the ranking window
};

// Chooses the connections that have series, from one snapshot to the next.
//
// A connection qualifies for series in two cases:
// (a) It is open, and has lived for a window.
// (b) It carried payload in the window, or its handshake was completed. Among all such connections, open or ended
//     within the window, it is one of the `max_connections` heaviest. (An attempt without an answer has neither payload
//     nor a handshake, so it qualifies by (a) only.)
//
// A connection that qualifies is admitted when there is a place and AdmissionBudget allows it. Open connections come
// first, and among them the heaviest. Connections that ended get the places that are left.
//
// A connection keeps its series until one of these happens:
// - It ended, and an open connection is admitted in its place. The lightest ended connection loses its series first.
// - It ended a window ago, as counted from its last packet.
// - It is the lightest, all connections with series are open, and an open connection of more than 1.25 times its weight
//   is admitted in its place. Without this factor, connections of nearly equal weight would take turns.
// - The snapshot does not contain it any more.
//
// A connection that has ended never takes the place of another connection.
//
// Connections with the same endpoints on an interface of the same name have equal labels, so they share series. When
// one of them ends and another begins, the series go on: this is not an admission. Here and above, such connections are
// one connection, which is open while any of them is open, and has the weight of the heaviest.
//
// Design. Choosing anew from each snapshot, without memory, was rejected. 55 short connections a second then made
// 220,000 series in two hours, and Prometheus keeps each series for hours. Also, of 100 connections with series, 88 had
// ended, while 500 open connections had no series.
//
// All readers see the same choice. A reader decides only how often a snapshot is made, not how long series last.
//
// Thread: confined to one thread.
// Time: table time (see Snapshot), in nanoseconds.
// Bounds: stores the labels of `max_connections` connections. Choose() looks up each connection of the snapshot once.
class SeriesChoice {
 public:
  explicit SeriesChoice(const SeriesChoiceOptions& options)
      : options_(options), budget_(options.max_connections, options.new_per_minute, options.window_ns) {}

  // Returns the connections of `snapshot` that have series, in the order of `by_rank`. `by_rank` holds all connections
  // of `snapshot`, the highest rank first. Both lists hold indexes for Snapshot::connection().
  std::vector<uint32_t> Choose(const Snapshot& snapshot, absl::Span<const uint32_t> by_rank);

  // How many times a connection got series. Never falls.
  uint64_t admissions() const { return budget_.admissions(); }

 private:
  // What the labels of a connection show.
  struct Labels {
    Endpoint client;
    Endpoint server;
    std::string interface;
  };
  class Round;

  const SeriesChoiceOptions options_;
  AdmissionBudget budget_;
  std::vector<Labels> chosen_;  // of the connections that had series in the last snapshot, in no order
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_SNAPSHOT_SERIES_CHOICE_H_
