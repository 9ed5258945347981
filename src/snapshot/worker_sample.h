// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_SNAPSHOT_WORKER_SAMPLE_H_
#define TCPGAUGE_SRC_SNAPSHOT_WORKER_SAMPLE_H_

#include <cstdint>
#include <vector>

#include "src/flow/edge.h"
#include "src/naming/end_identity.h"
#include "src/snapshot/history_counts.h"
#include "src/snapshot/response_counts.h"

namespace tcpgauge {

// An edge with series, and what its account has counted.
struct SampledEdge {
  EdgeKey key;
  IdentityRef client;  // null: unknown
  IdentityRef server;
  int64_t start_time_ns = 0;  // when the edge's series started, with counts of 0
  HistoryCounts counts;
  ResponseCounts response_times = {};
};

// What the history needs of a worker's table, as of one moment (see WorkerSampler). A plain value.
struct WorkerSample {
  // The number of the second that begins with the sample. Seconds are those of steady time in a live capture, and of
  // table time where a file is read. INT64_MIN before the first sample. INT64_MAX when no more packets come.
  int64_t second = INT64_MIN;
  int64_t time_ns = 0;           // table time
  int64_t clock_stepped_ns = 0;  // see Snapshot
  HistoryCounts totals;
  std::vector<SampledEdge> edges;  // in no order
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_SNAPSHOT_WORKER_SAMPLE_H_
