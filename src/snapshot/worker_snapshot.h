// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_SNAPSHOT_WORKER_SNAPSHOT_H_
#define TCPGAUGE_SRC_SNAPSHOT_WORKER_SNAPSHOT_H_

#include <array>
#include <cstdint>
#include <vector>

#include "src/decode/decode_error.h"
#include "src/flow/connection_summary.h"
#include "src/flow/overflow.h"
#include "src/flow/totals.h"
#include "src/net/encapsulation.h"
#include "src/snapshot/snapshot.h"

namespace tcpgauge {

// What a worker counts besides connections. Its counters never fall.
struct CaptureCounters {
  std::vector<InterfaceView> interfaces;
  std::array<uint64_t, kDecodeErrorCount> decode_errors{};  // indexed by DecodeError
  int64_t clock_stepped_ns = 0;                             // see Snapshot; may fall
};

// One worker's contribution to a snapshot: a copy that needs no table.
//
// The rows are copied one after the other while packets keep coming, so their ages differ by up to the length of the
// pass. Totals and counters are as of the publication.
struct WorkerSnapshot {
  int64_t begun_ns = INT64_MIN;  // see Snapshot
  int64_t time_ns = 0;           // table time
  std::vector<ConnectionSummary> rows;
  std::vector<ConnectionSummary> ended_rows;
  uint64_t connections_not_listed = 0;
  std::vector<Encapsulation> encapsulations;  // indexed by ConnectionSummary::encapsulation; the first is empty
  Totals totals;
  CaptureCounters counters;
  uint64_t unmatched_fragments = 0;
  OverflowCounts overflows{};
  EdgesView edges;  // as of the same moment as the totals
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_SNAPSHOT_WORKER_SNAPSHOT_H_
