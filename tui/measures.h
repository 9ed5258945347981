// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TUI_MEASURES_H_
#define TCPGAUGE_TUI_MEASURES_H_

#include <cstdint>

#include "absl/container/flat_hash_map.h"
#include "src/snapshot/snapshot.h"

namespace tcpgauge {

// The numbers of one connection that the view shows and sorts by. Up is what the client sent, down what the server
// sent.
struct Measures {
  double up_bytes_per_second = 0;
  double down_bytes_per_second = 0;
  uint64_t up_bytes = 0;
  uint64_t down_bytes = 0;
  uint64_t retransmitted_segments = 0;

  double bytes_per_second() const { return up_bytes_per_second + down_bytes_per_second; }
  uint64_t bytes() const { return up_bytes + down_bytes; }

  void Add(const Measures& other);
};

// Turns connections into measures: over the rate window or the lifetime, since the connection's start or since totals
// were reset. The snapshot itself is never changed.
class Meter {
 public:
  // From now on totals count from what `snapshot` holds.
  void ResetTotals(const Snapshot& snapshot);

  // Rates are averages over the connection's lifetime, else over the snapshot's rate window.
  void set_lifetime_average(bool on) { lifetime_average_ = on; }

  // `now_ns` is the snapshot's time.
  Measures Of(const ConnectionSummary& connection, int64_t now_ns) const;

  // Of all connections together that an agent elsewhere knows but did not list. Over their lifetime, and since totals
  // were reset, nothing is known of them.
  Measures OfNotListed(const Snapshot& snapshot) const;

 private:
  struct Totals {
    uint64_t up_bytes = 0;
    uint64_t down_bytes = 0;
    uint64_t retransmitted_segments = 0;
  };

  bool lifetime_average_ = false;
  absl::flat_hash_map<uint64_t, Totals> reset_;  // by connection id; as many as the snapshot had
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_TUI_MEASURES_H_
