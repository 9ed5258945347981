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
#include "src/capture/handover.h"
#include "src/capture/local_listeners.h"
#include "src/naming/identity_map.h"
#include "src/snapshot/collector.h"
#include "src/snapshot/history.h"
#include "src/snapshot/history_view.h"
#include "src/snapshot/listed_rows.h"
#include "src/snapshot/sample_merger.h"
#include "src/snapshot/snapshot_hub.h"

namespace tcpgauge {

struct EngineOptions {
  // max_connections, edges.max_exported and edges.max_new_per_minute are for all workers together. The other members
  // are for each worker. Each worker's share of max_new_per_minute is at least 1, unless max_new_per_minute is 0. In a
  // live capture, the engine sets edges.first_window.
  TableOptions table;
  WorkerOptions worker;  // the engine sets `sample`
  CollectorOptions collector;
  bool keep_history = false;                          // whether history() records
  size_t history_seconds = HistoryView::kMaxSeconds;  // the least that history() keeps
};

// Runs the threads between the packets and the snapshots: the workers, each with a connection table of its own, and the
// collector, which merges the tables into snapshots. When a file is read, one more thread reads it, even for a single
// worker.
//
// No reader can hold up capture. The workers communicate with the threads that collect, show and log in six ways, and
// a live worker never waits in any of them:
//
// - TripleBuffer: three places for a copy of the worker's table. Publishing a copy is one atomic exchange, and a late
//   collector finds the latest copy. A second TripleBuffer is for samples, from which the collector makes the history.
//   A worker of a file waits until its samples are taken.
// - EndedQueue: a ring of ended connections. When it is full, a live worker counts the loss and continues. A worker of
//   a file waits for room as long as the queue's Patience lasts. So does EndConnections(), when no worker runs.
// - Mailbox: every 10 s of a live capture, the collector's thread asks the kernel for the listening sockets and posts
//   them to each worker with one atomic exchange. In the same way, PostIdentities() posts identity maps, and the
//   collector's thread posts which connections have series (WorkerPublisher::KeepListed()).
// - Wakeup: an eventfd. Writing to it never blocks.
// - last_progress_ns(): an atomic time, on which the answer of /-/healthy depends.
// - WantSnapshot(): an atomic time. Readers want a snapshot that begins at this time or later. SnapshotHub asks for the
//   beginning of a tick (publish_interval_ns). So in each tick, a worker publishes at most one snapshot for all readers
//   that want few connections, and at most one for all readers that want all connections.
//
// Only the collector and the readers take the lock of the hub. tests/stress runs workers, a collector and
// readers together, also under the thread sanitizer.
//
// Several workers. Each worker has its own sources, table, triple buffers and queue of ended connections, and an equal
// share of max_connections and of the exported edges. The tables of a live capture share the first window of edges. The
// collector lists the connections of all tables, and adds up the tables' counters.
//
// - Each connection is in the table of one worker: the owner of its 4-tuple (OwnerFunction), or the worker to which the
//   owner has a route (ViewRoutes). In a live capture, each worker has a socket for each interface, and the kernel
//   distributes the packets (see OpenSharedInterface()). A worker that reads packets of another worker's connection
//   hands them over (see Handover). It does not wait for room there, but counts the packets that are lost. FileReader
//   distributes the packets of a file.
// - The connections of one edge may be spread over several tables. EdgeMerger keeps the edge's counters from falling.
// - To guess the client of a midstream connection, a worker uses the servers that its own handshakes have shown. It
//   does not know the servers of other workers' handshakes.
//
// Owns the workers, their sources, the hub and the threads.
// Thread: one thread creates, starts, stops and destroys the engine. Any thread may call the const methods.
// Errors: see Stop().
class CaptureEngine {
 public:
  // `sources` has one element for each worker, and there is at least one worker. `sources[i]` belong to worker i. When
  // a file is read, `sources[0]` holds only the file, and the others are empty. `ended` is empty, or holds a queue for
  // each worker. The queues and `clock` must outlive the engine. `on_source_error` is called when a live source fails.
  // Several workers may call it at the same time, each on its own thread.
  CaptureEngine(const EngineOptions& options, std::vector<std::vector<std::unique_ptr<PacketSource>>> sources,
                const std::vector<EndedQueue*>& ended, const Clock* clock,
                const std::function<void(const absl::Status&)>& on_source_error);
  // Calls Stop() and ignores its result.
  ~CaptureEngine();
  CaptureEngine(const CaptureEngine&) = delete;
  CaptureEngine& operator=(const CaptureEngine&) = delete;

  // Starts the threads. Call it once. Installs a handler of SIGUSR1, which Stop() sends to interrupt a thread that
  // waits for data of a file. When a thread cannot be started, ends the process (NamedThread()).
  void Start();

  // Ends the threads that Start() started, and waits for them. Afterwards hub() has the final snapshot (if
  // WorkerOptions::publish). If workers had errors, returns the error of the one with the lowest index. A second call
  // returns the same status.
  //
  // Also begins to close the sources of a live capture, on at most kMaxClosers threads. The destructor waits for these
  // threads. The kernel takes 25 ms to close a packet socket. So one thread would take a second for 40 interfaces.
  absl::Status Stop();

  // Puts the connections that are still open into the queues of ended connections, if there are queues. Waits for room
  // there, as EndedQueue::Push() does. Stop() does not do this, because a connection log that nobody reads would then
  // delay the final snapshot and the last push. Call it once, after Stop().
  void EndConnections();

  // Any thread, at any time; never waits. Gives all workers another map of the identities of ends. Connections have no
  // names before the first call, so call it before Start() too. REQUIRES: `map` is not null.
  void PostIdentities(const std::shared_ptr<const IdentityMap>& map);

  // Becomes readable when capture has ended by itself. The capture of a file ends when every worker has come to the end
  // of the file or to an error. Exception: with stay_at_end and without any error, capture does not end by itself. A
  // live capture ends when the last source of every worker has failed. Workers that never had a source do not count.
  int finished_fd() const { return finished_wakeup_.fd(); }

  // Valid as long as the engine.
  const SnapshotHub& hub() const { return hub_; }
  // At least the last EngineOptions::history_seconds. Null without EngineOptions::keep_history. Valid as long as the
  // engine.
  const History* history() const { return history_.get(); }
  // Whether each worker is well: it made progress within the last 10 s, waits for the data of a file, or has finished.
  bool IsHealthy() const;
  // Whether at least one snapshot was published.
  bool IsReady() const { return hub_.Current()->sequence > 0; }

 private:
  std::vector<std::unique_ptr<CaptureWorker>> MakeWorkers(
      std::vector<std::vector<std::unique_ptr<PacketSource>>> sources, const std::vector<EndedQueue*>& ended,
      const std::function<void(const absl::Status&)>& on_source_error);
  void EndCapture(const absl::Status& status);
  void EndCaptureThread();
  void AskForSnapshot(int64_t begun_since_ns, ListedRows listed_rows);
  void RunCollector();
  void CollectSamples();
  void PostListeners();
  void CloseSources();  // starts the threads that close

  static constexpr size_t kMaxClosers = 32;

  const EngineOptions options_;
  const Clock& clock_;
  SnapshotHub hub_;
  Wakeup published_;
  Wakeup finished_wakeup_;
  StopSignal stop_workers_;
  StopSignal stop_collector_;
  DropWarnings drop_warnings_;
  DropWarnings handover_warnings_;
  std::unique_ptr<HandoverGroup> handover_;  // null with a single worker, and when a file is read
  std::atomic<size_t> captures_running_{0};  // workers that have sources and are still capturing
  std::atomic<bool> has_failed_{false};      // whether the capture of a worker ended with an error
  std::unique_ptr<FileReader> file_reader_;  // null in a live capture
  std::vector<std::unique_ptr<CaptureWorker>> workers_;
  LocalListenerReader listener_reader_;
  Collector collector_;
  const std::unique_ptr<History> history_;             // null without keep_history
  const std::unique_ptr<SampleMerger> sample_merger_;  // null without keep_history
  std::vector<absl::Status> worker_statuses_;  // each belongs to its worker's thread until that thread is joined
  std::atomic<size_t> threads_running_{0};     // how many of capture_threads_ run
  std::vector<std::thread> capture_threads_;   // the workers and the reader of a file
  std::thread collector_thread_;
  std::vector<std::unique_ptr<PacketSource>> to_close_;
  std::atomic<size_t> next_to_close_{0};  // in to_close_
  std::vector<std::thread> closers_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_CAPTURE_CAPTURE_ENGINE_H_
