// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TUI_METER_H_
#define TCPGAUGE_TUI_METER_H_

#include <cstdint>

#include "absl/container/flat_hash_map.h"
#include "src/snapshot/measures.h"
#include "src/snapshot/snapshot.h"
#include "tui/averaging.h"
#include "tui/rate_history.h"

namespace tcpgauge {

// Computes the Measures of connections as the user wants to see them. Rates are averages over the time that an
// Averaging names. Totals (bytes and retransmitted segments) count since the connection's start, or since the user
// reset them. Snapshots are never changed.
//
// Thread: confined to one thread.
// Bounds: one entry for each connection of the snapshot at which totals were reset.
class Meter {
 public:
  // `history` has the rates of the last seconds, and must outlive the meter. If it is null, rates over the rate window
  // stand in for averages over seconds.
  explicit Meter(const RateHistory* history = nullptr) : history_(history) {}

  // From now on, totals count from the values in `snapshot`. A connection that is not in `snapshot` counts from its
  // start. Another call replaces the values. A call with a snapshot without connections undoes the reset.
  void ResetTotals(const Snapshot& snapshot);

  // Sets the time over which rates are averages. Before the first call, it is the rate window. The lifetime of a
  // connection begins with its start, even if totals were reset. It lasts until now or, if the connection is closed or
  // reset, until its last packet. A lifetime below a second counts as a second. RateHistory keeps only the heaviest
  // connections: for any other, the rate over the rate window stands in for an average over seconds.
  void set_averaging(Averaging averaging) { averaging_ = averaging; }

  // Returns the measures of `connection`. `now_ns` is Snapshot::time_ns of its snapshot.
  Measures Of(const ConnectionSummary& connection, int64_t now_ns) const;

  // Returns the summed measures of the connections that match an attached view's query, but that the agent did not
  // list. Their rates are averages over the rate window. These measures are 0, because `snapshot` does not tell them:
  // - retransmitted segments,
  // - bytes, if totals count since a reset.
  Measures OfNotListed(const Snapshot& snapshot) const;

 private:
  struct Totals {
    uint64_t up_bytes = 0;
    uint64_t down_bytes = 0;
    uint64_t retransmitted_segments = 0;
  };

  const RateHistory* const history_;  // or null
  Averaging averaging_ = Averaging::kRateWindow;
  absl::flat_hash_map<uint64_t, Totals> reset_;  // the totals at the reset, by connection id
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_TUI_METER_H_
