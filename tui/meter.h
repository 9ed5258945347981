// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TUI_METER_H_
#define TCPGAUGE_TUI_METER_H_

#include <cstdint>

#include "absl/container/flat_hash_map.h"
#include "src/snapshot/measures.h"
#include "src/snapshot/snapshot.h"

namespace tcpgauge {

// Computes the Measures of connections as the user wants to see them. Rates are averages over the rate window or over
// the connection's lifetime. Totals (bytes and retransmitted segments) count since the connection's start, or since the
// user reset them. Snapshots are never changed.
//
// Thread: confined to one thread.
// Bounds: one entry for each connection of the snapshot at which totals were reset.
class Meter {
 public:
  // From now on, totals count from the values in `snapshot`. A connection that is not in `snapshot` counts from its
  // start. Another call replaces the values. A call with an empty snapshot undoes the reset.
  void ResetTotals(const Snapshot& snapshot);

  // With `on`, rates are averages over the connection's lifetime, whether or not totals were reset. A lifetime below a
  // second counts as a second. Without `on`, and before the first call, rates are averages over the snapshot's rate
  // window.
  void set_lifetime_average(bool on) { lifetime_average_ = on; }

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

  bool lifetime_average_ = false;
  absl::flat_hash_map<uint64_t, Totals> reset_;  // the totals at the reset, by connection id
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_TUI_METER_H_
