// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TUI_METER_H_
#define TCPGAUGE_TUI_METER_H_

#include <cstdint>

#include "absl/container/flat_hash_map.h"
#include "src/snapshot/measures.h"
#include "src/snapshot/snapshot.h"

namespace tcpgauge {

// Turns connections into measures. Rates are over the rate window or over the connection's lifetime; totals count since
// the connection's start or since they were reset. The snapshot itself is never changed.
//
// Thread: confined to one thread.
// Bounds: one entry for each connection of the snapshot at which totals were reset.
class Meter {
 public:
  // From now on, totals count from the values in `snapshot`.
  void ResetTotals(const Snapshot& snapshot);

  // With `on`, rates are averages over the connection's lifetime. Otherwise they are over the snapshot's rate window.
  void set_lifetime_average(bool on) { lifetime_average_ = on; }

  // `now_ns` is the snapshot's time.
  Measures Of(const ConnectionSummary& connection, int64_t now_ns) const;

  // The sum of the connections that an attached agent matched but did not list. Their lifetime averages, and their
  // totals since a reset, are unknown and count as 0.
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
