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
  TableOptions table;  // max_connections and edges.max_exported are for all workers together
  WorkerOptions worker;
  CollectorOptions collector;
};

// Runs the threads between the packets and the snapshots: the workers, each with its own table, and the collector,
// which merges their tables into snapshots. When a file is read, one more thread reads it, even for a single worker.
//
// No reader can hold up capture. Workers and the threads that collect, show and log communicate through six objects.
// A live worker waits for none of them:
//
// - TripleBuffer: three slots. Publishing is one atomic exchange, and a late collector finds the latest value.
// - EndedQueue: a ring. When it is full, a live worker counts the loss and continues; a worker of a file waits.
// - Mailbox: the collector asks the kernel for the listening sockets every 10 s and posts them with one exchange.
// - Wakeup: an eventfd that its writer never reads.
// - last_progress_ns(): an atomic time, for /-/healthy.
// - WantSnapshot(): an atomic time. The snapshot that readers want begins at this time or later. However many readers
//   ask, a worker publishes at most once a tick.
//
// Only the collector and the readers take the lock of the hub. tests/stress and tests/snapshot check this under the
// thread sanitizer.
//
// Several workers. Each has its own sources, table, triple buffer and queue of ended connections, and an equal share of
// max_connections and of the exported edges. The collector lists the connections of all tables and adds their counters.
//
// - Live, each worker opens each interface, and the kernel distributes the packets (see OpenSharedInterface()).
//   FileReader distributes those of a file.
// - The connections of one edge may be spread over several tables. EdgeMerger keeps the edge's counters from falling.
// - A worker guesses the client of a midstream connection from the servers that it has learned itself.
//
// Thread: one thread creates, starts and stops the engine. Any thread may call hub(), IsHealthy() and IsReady().
class CaptureEngine {
 public:
  // `sources[i]` belong to worker i. When a file is read, `sources[0]` holds the file and the others are empty. `ended`
  // is empty or holds a queue for each worker. The queues and `clock` must outlive the engine. `on_source_error` is
  // called on a worker's thread.
  CaptureEngine(const EngineOptions& options, std::vector<std::vector<std::unique_ptr<PacketSource>>> sources,
                const std::vector<EndedQueue*>& ended, const Clock* clock,
                const std::function<void(const absl::Status&)>& on_source_error);
  ~CaptureEngine();
  CaptureEngine(const CaptureEngine&) = delete;
  CaptureEngine& operator=(const CaptureEngine&) = delete;

  void Start();

  // Ends all threads. The last snapshot and the queues of ended connections then hold the final state. Returns the
  // first error of a worker.
  absl::Status Stop();

  // Becomes readable when all capture threads have ended without Stop(): the file is read (unless stay_at_end), or no
  // interface is left.
  int finished_fd() const { return finished_wakeup_.fd(); }

  const SnapshotHub& hub() const { return hub_; }
  // Whether every worker made progress within the last 10 s or has finished.
  bool IsHealthy() const;
  // Whether a snapshot was published.
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
  std::unique_ptr<FileReader> file_reader_;  // null in a live capture
  std::vector<std::unique_ptr<CaptureWorker>> workers_;
  LocalListenerReader listener_reader_;
  Collector collector_;
  std::vector<absl::Status> worker_statuses_;  // each belongs to its worker's thread until that is joined
  std::atomic<size_t> threads_running_{0};     // of capture_threads_
  std::vector<std::thread> capture_threads_;   // the workers and the reader of a file
  std::thread collector_thread_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_CAPTURE_CAPTURE_ENGINE_H_
