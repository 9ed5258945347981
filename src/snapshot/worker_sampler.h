// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_SNAPSHOT_WORKER_SAMPLER_H_
#define TCPGAUGE_SRC_SNAPSHOT_WORKER_SAMPLER_H_

#include <cstddef>
#include <cstdint>

#include "src/flow/connection_table.h"
#include "src/snapshot/triple_buffer.h"
#include "src/snapshot/worker_sample.h"
#include "src/snapshot/worker_snapshot.h"

namespace tcpgauge {

// Gives the collector what the history needs of a worker's table, once a second.
//
// Design. The history must not miss what happens while nobody looks, so samples are taken without any reader. A pass of
// WorkerPublisher each second would cost far too much, because a pass copies each connection. Before a sample, the
// table tells edges what their connections carried since the last one, in slices between batches of packets. This
// visits only the connections that carried something, and copies none. The sample itself reads the totals and the edges
// with series, which takes some microseconds with the default number of edges. Samples have a type and a buffer of
// their own, so no reader of snapshots can get one.
//
// Thread: the worker calls all methods. Only the TripleBuffer is shared with another thread, and publishing to it never
// waits.
// Bounds: a sample has the edges that have series, at most EdgeTable::max_exported().
class WorkerSampler {
 public:
  // Returns the memory of the samples of a worker whose table exports at most `max_edges` edges.
  static uint64_t MemoryBytes(size_t max_edges);

  // `table`, `counters` and `buffer` must outlive the sampler.
  WorkerSampler(ConnectionTable* table, const CaptureCounters* counters, TripleBuffer<WorkerSample>* buffer)
      : table_(*table), counters_(*counters), buffer_(*buffer) {}

  // What Step() did:
  // - kIdle: nothing, because no sample is due;
  // - kTelling: it told edges what some connections carried, and other connections are left;
  // - kPublished: it published a sample.
  enum class Progress { kIdle, kTelling, kPublished };

  // Makes the next step towards a sample. A sample is due when a second of steady time begins, so the samples of all
  // workers come at nearly the same moment. For live captures.
  Progress Step(int64_t steady_ns);

  // Publishes a sample of what came before the second `second` of table time, which begins now. For files.
  void SampleBefore(int64_t second);

  // Publishes a last sample. Call it when no more packets come.
  void SampleLast();

 private:
  void Publish(int64_t second, int64_t time_ns);

  ConnectionTable& table_;
  const CaptureCounters& counters_;
  TripleBuffer<WorkerSample>& buffer_;
  int64_t second_ = INT64_MIN;  // of the last sample that was due, in a live capture
  bool is_due_ = false;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_SNAPSHOT_WORKER_SAMPLER_H_
