// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_SNAPSHOT_WORKER_PUBLISHER_H_
#define TCPGAUGE_SRC_SNAPSHOT_WORKER_PUBLISHER_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "src/flow/connection_table.h"
#include "src/snapshot/heaviest_rows.h"
#include "src/snapshot/triple_buffer.h"
#include "src/snapshot/worker_snapshot.h"

namespace tcpgauge {

// Copies a worker's table for the collector, one slice at a time between batches of packets. So a pass never holds up
// capture for longer than one slice, however many connections there are.
//
// Design. A pass is bounded: it visits the slots that existed when it began, even if the table grows meanwhile.
// Otherwise a flood that adds connections faster than slots are copied would leave readers without a snapshot. The room
// for all rows is reserved before the pass, which costs only address space. When the rows grew by appending, the first
// pass of each of the three buffers copied up to 25 MB, a pause of 7 to 9 ms. A slice now takes 0.05 to 0.2 ms
// (tests/bench/run.py handover).
//
// Thread: the worker calls all methods. Only `buffer` is shared, and it never makes its writer wait.
// Time: steady time, except the rates, which are of table time.
// Bounds: Step() copies at most kSliceSlots slots, and a pass at most `max_rows` rows. When there are more connections,
// those with the most payload in the ranking window get the rows (see HeaviestRows); the others are only counted.
class WorkerPublisher {
 public:
  static constexpr uint32_t kSliceSlots = 256;

  // `table`, `counters` and `buffer` must outlive the publisher. A pass begins at each multiple of `interval_ns` and on
  // request. Rates are as of `lateness_ns` before the pass began, because the kernel may still hold back later packets.
  WorkerPublisher(const ConnectionTable* table, const CaptureCounters* counters, TripleBuffer<WorkerSnapshot>* buffer,
                  int64_t interval_ns, int64_t lateness_ns, size_t max_rows);

  enum class Progress { kIdle, kInPass, kPublished };

  // Copies one slice if a pass is under way or due at `steady_ns`. A pass is due by the interval, or because readers
  // want one that began at `wanted_since_ns` or later.
  Progress Step(int64_t steady_ns, int64_t wanted_since_ns = INT64_MIN);

  // Does a whole pass at once, for when no more packets come. It publishes the pass as begun at INT64_MAX, so that no
  // reader requests a newer one.
  void PublishNow();

 private:
  void Begin(int64_t steady_ns);
  bool CopySlice();  // true when the pass is complete
  void CopySlot(uint32_t slot);
  void Publish();
  void CopyEdges(EdgesView* edges) const;
  // The index, in the snapshot, of the encapsulation that the table gives this number now.
  uint32_t EncapsulationIndex(uint32_t number);

  const ConnectionTable& table_;
  const CaptureCounters& counters_;
  TripleBuffer<WorkerSnapshot>& buffer_;
  const int64_t interval_ns_;
  const int64_t lateness_ns_;
  const size_t max_rows_;
  int64_t next_pass_ns_ = 0;
  int64_t begun_ns_ = INT64_MIN;  // when the last pass began
  bool in_pass_ = false;
  uint32_t next_slot_ = 0;
  // The pass copies records below record_end_ and embryos below embryo_end_.
  uint32_t record_end_ = 0;
  uint32_t embryo_end_ = 0;
  int64_t rates_time_ns_ = 0;  // table time
  HeaviestRows rows_;
  std::vector<uint32_t> encapsulation_indexes_;  // by number; 0 = not listed yet
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_SNAPSHOT_WORKER_PUBLISHER_H_
