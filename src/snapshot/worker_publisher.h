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

// Copies a worker's table for the collector, a slice at a time between batches of packets, so that no pass holds up
// capture for longer than a slice, however many connections there are.
//
// Design. A pass is bounded: it visits the slots that existed when it began, even if the table grows meanwhile.
// Otherwise a flood that adds connections faster than slots are copied would leave readers without a snapshot. The room
// for all rows is reserved before the pass, which costs address space alone: rows that were appended to a growing array
// copied up to 25 MB in the first pass of each of the three buffers, a pause of 7 to 9 ms. A slice now takes 0.05 to
// 0.2 ms (tests/bench/run.py handover).
//
// Thread: all on the worker; only `buffer` is shared, and it never makes a writer wait.
// Bounds: kSliceSlots table slots a call; `max_rows` rows a pass. When there are more connections, those with the most
// payload in the ranking window are listed (see HeaviestRows), and the others are counted.
class WorkerPublisher {
 public:
  static constexpr uint32_t kSliceSlots = 256;

  // `table`, `counters` and `buffer` must outlive it. A pass begins at each multiple of `interval_ns` of steady time,
  // and when it is asked for; rates are those at its beginning, less `lateness_ns` for packets that the kernel
  // still holds back.
  WorkerPublisher(const ConnectionTable* table, const CaptureCounters* counters, TripleBuffer<WorkerSnapshot>* buffer,
                  int64_t interval_ns, int64_t lateness_ns, size_t max_rows);

  enum class Progress { kIdle, kInPass, kPublished };

  // Does one slice of work if a pass is under way or due at `steady_ns`: by the interval, or because readers want one
  // that was begun at `wanted_since_ns` or later.
  Progress Step(int64_t steady_ns, int64_t wanted_since_ns = INT64_MIN);

  // A whole pass at once, for when no more packets come: what it publishes stays as new as there will be.
  void PublishNow();

 private:
  void Begin(int64_t steady_ns);
  bool CopySlice();  // true when the pass is complete
  void TakeSlot(uint32_t slot);
  void Publish();
  void CopyEdges(EdgesView* edges) const;
  // Where the encapsulation that has this number in the table now stands in the snapshot.
  uint32_t PlaceOf(uint32_t number);

  const ConnectionTable& table_;
  const CaptureCounters& counters_;
  TripleBuffer<WorkerSnapshot>& buffer_;
  const int64_t interval_ns_;
  const int64_t lateness_ns_;
  const size_t max_rows_;
  int64_t next_pass_ns_ = 0;      // steady
  int64_t begun_ns_ = INT64_MIN;  // when the last pass was, steady
  bool in_pass_ = false;
  uint32_t next_slot_ = 0;
  uint32_t record_end_ = 0;  // the pass takes slots below
  uint32_t embryo_end_ = 0;
  int64_t rates_time_ns_ = 0;
  HeaviestRows rows_;
  std::vector<uint32_t> encapsulation_places_;  // by number; 0 = not listed yet
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_SNAPSHOT_WORKER_PUBLISHER_H_
