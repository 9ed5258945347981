// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_SNAPSHOT_HISTORY_H_
#define TCPGAUGE_SRC_SNAPSHOT_HISTORY_H_

#include <cstddef>

#include "src/snapshot/history_view.h"

namespace tcpgauge {

// The last ten minutes, second by second: of the whole agent, and of the heaviest edges. The top view and the page
// begin with them.
//
// Thread: any thread may call Now().
class History {
 public:
  static constexpr size_t kSeconds = 600;
  static constexpr size_t kEdges = 100;  // that are recorded at a time

  // Returns what is known now. Copies pointers under a lock, so that it never holds up the collector.
  HistoryView Now() const;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_SNAPSHOT_HISTORY_H_
