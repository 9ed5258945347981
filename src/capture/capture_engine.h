// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_CAPTURE_CAPTURE_ENGINE_H_
#define TCPGAUGE_SRC_CAPTURE_CAPTURE_ENGINE_H_

#include <atomic>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "src/base/clock.h"
#include "src/base/stop_signal.h"
#include "src/base/wakeup.h"
#include "src/capture/capture_worker.h"
#include "src/capture/drop_warnings.h"
#include "src/capture/file_reader.h"
#include "src/capture/local_listeners.h"
#include "src/snapshot/collector.h"
#include "src/snapshot/snapshot_hub.h"

namespace tcpgauge {

struct EngineOptions {
  TableOptions table;
  WorkerOptions worker;
  CollectorOptions collector;
};

// The threads between the packets and the snapshots: the workers that capture, with a table each, and the collector
// that publishes what they saw. A file has a reader thread of its own, also with a single worker.
//
// No reader can hold up capture. Between the workers and the threads that collect, show and log there are six things,
// and a worker waits for none of them:
//
// - TripleBuffer: three places; publishing is one atomic exchange, and a late collector finds the latest value.
// - EndedQueue: a ring; when it is full, a live capture counts the loss and goes on. Only a file waits, as it may.
// - Mailbox: the listening sockets, for which the collector asks the kernel every 10 s, come in by one exchange.
// - Wakeup: an eventfd that its writer never reads.
// - last_progress_ns(): an atomic time, for /-/healthy.
// - WantSnapshot(): an atomic time since which readers want a snapshot. However many readers there are, it is answered
//   once a tick.
//
// The lock of the hub is shared by the collector and the readers alone. tests/stress and tests/snapshot check this
// under the thread sanitizer.
//
// Several workers. Each has sources, a table, a triple buffer and a queue of ended connections of its own, and a share
// of max_connections and of the exported edges. The collector lists the connections of all tables and adds counters up.
//
// - Live, each worker opens each interface, and the kernel shares the packets out (see OpenSharedInterface()). From a
//   file, FileReader does.
// - The connections of one edge may be spread over several tables; EdgeMerger keeps its counters from falling.
// - Who is the client of a midstream connection is judged from the servers that its own worker has learned.
//
// Thread: one creates, starts and stops it; hub(), IsHealthy() and IsReady() are for any.
class CaptureEngine {
 public:
  // `sources` are those of each worker; of several that read a file, the first has the file. `ended` is empty or holds
  // a queue for each worker; they and `clock` must outlive the engine. `on_source_error` is called on a worker.
  CaptureEngine(const EngineOptions& options, std::vector<std::vector<std::unique_ptr<PacketSource>>> sources,
                const std::vector<EndedQueue*>& ended, const Clock* clock,
                std::function<void(const absl::Status&)> on_source_error);
  ~CaptureEngine();
  CaptureEngine(const CaptureEngine&) = delete;
  CaptureEngine& operator=(const CaptureEngine&) = delete;

  void Start();

  // Ends all threads; what they knew is in the last snapshot and in `ended`. The error of the capture, if any.
  absl::Status Stop();

  // Readable when capture ended by itself: the files are read (and need not stay), or no interface is left.
  int finished_fd() const { return finished_wakeup_.fd(); }

  const SnapshotHub& hub() const { return hub_; }
  // Capture goes on, or came to its proper end.
  bool IsHealthy() const;
  // A snapshot is there.
  bool IsReady() const { return hub_.Current()->sequence > 0; }

 private:
  std::vector<std::unique_ptr<CaptureWorker>> MakeWorkers(
      std::vector<std::vector<std::unique_ptr<PacketSource>>> sources, const std::vector<EndedQueue*>& ended,
      const std::function<void(const absl::Status&)>& on_source_error);
  void EndCaptureThread();
  void AskForSnapshot(int64_t begun_since_ns);
  void RunCollector();
  void PostListeners();

  const EngineOptions options_;
  const Clock& clock_;
  SnapshotHub hub_;
  Wakeup published_;
  Wakeup finished_wakeup_;
  StopSignal stop_workers_;
  StopSignal stop_collector_;
  DropWarnings drop_warnings_;
  std::unique_ptr<FileReader> file_reader_;  // or null
  std::vector<std::unique_ptr<CaptureWorker>> workers_;
  LocalListenerReader listener_reader_;
  Collector collector_;
  std::vector<absl::Status> worker_statuses_;  // each its worker thread's until that is joined
  std::atomic<size_t> threads_running_{0};     // of those that capture
  std::vector<std::thread> capture_threads_;
  std::thread collector_thread_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_CAPTURE_CAPTURE_ENGINE_H_
