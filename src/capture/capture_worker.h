// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_CAPTURE_CAPTURE_WORKER_H_
#define TCPGAUGE_SRC_CAPTURE_CAPTURE_WORKER_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "src/base/clock.h"
#include "src/base/log.h"
#include "src/base/memory_ahead.h"
#include "src/base/stop_signal.h"
#include "src/base/wakeup.h"
#include "src/capture/capture_clock.h"
#include "src/capture/drop_warnings.h"
#include "src/capture/interface_lookup.h"
#include "src/capture/interface_registry.h"
#include "src/capture/mailbox.h"
#include "src/capture/packet_source.h"
#include "src/flow/connection_table.h"
#include "src/snapshot/ended_queue.h"
#include "src/snapshot/worker_publisher.h"

namespace tcpgauge {

struct WorkerOptions {
  bool live = true;          // false: the sources are files; packets set the time, and the worker ends with the files
  bool publish = true;       // whether snapshots have a reader
  bool stay_at_end = false;  // files: after the end, keep the connections for readers until stopped
  int64_t publish_interval_ns = kNanosecondsPerSecond;
  // Live: publish when WantSnapshot() asks. Otherwise publish only every kUnaskedIntervalNs.
  bool publish_when_asked = false;
  size_t max_rows = 100000;  // connections listed in one snapshot
};

// Connects a worker to the other threads. CaptureEngine fills it; no option of the user is in it. Each pointer's object
// must outlive the worker. `published`, `stop` and `clock` are required.
struct WorkerLinks {
  Wakeup* published = nullptr;  // notified after each published snapshot
  const StopSignal* stop = nullptr;
  const Clock* clock = nullptr;
  EndedQueue* ended = nullptr;            // this worker's own; null: ended connections are not reported
  DropWarnings* drop_warnings = nullptr;  // null: no warnings
  // Whether this worker logs the events that all workers see: an interface comes or goes, the clock is set.
  bool logs_events = true;
  std::function<void(const absl::Status&)> on_source_error;  // called on the worker's thread when an interface fails
};

// One worker: reads and decodes packets from its sources, applies them to its connection table, and copies the table
// for the collector.
//
// Owns its sources and its table. Thread: Run() is one thread. Comments name the methods for other threads.
// Time: capture time (CaptureClock) when live; packet time when files are read. Both count from the Unix epoch.
// Errors: see Run().
class CaptureWorker final : private EndedConnectionSink {
 public:
  // Without a reader, the worker publishes this often, and at least twice in a ranking window. The collector derives
  // state from successive snapshots (which connections were the heaviest, which edges several tables retired), so the
  // gap between them must be bounded.
  static constexpr int64_t kUnaskedIntervalNs = 30 * kNanosecondsPerSecond;

  CaptureWorker(std::vector<std::unique_ptr<PacketSource>> sources, const TableOptions& table,
                const WorkerOptions& options, WorkerLinks links);

  // Captures until stopped, or until the files end; then reports all open connections as ended. Errors: a file is
  // damaged, or the last source failed. An interface that goes away is not an error: the worker waits for it.
  absl::Status Run();

  // Any thread.
  void PostLocalListeners(std::unique_ptr<LocalListeners> listeners) { listeners_.Post(std::move(listeners)); }
  // Any thread. The steady time at which the worker last completed its loop; INT64_MAX once its capture has ended.
  int64_t last_progress_ns() const { return last_progress_ns_.load(std::memory_order_relaxed); }

  // Any thread; never waits. Asks for a snapshot that begins at this steady time or later.
  void WantSnapshot(int64_t begun_since_ns);

  // The collector's thread.
  TripleBuffer<WorkerSnapshot>* buffer() { return &buffer_; }

 private:
  struct Source {
    std::unique_ptr<PacketSource> packets;
    size_t interface;  // place in interfaces_
  };

  void OnConnectionEnded(const EndedConnection& connection) override;

  absl::Status CaptureLive();
  absl::Status ReadFiles();
  int64_t FileTime() const;
  absl::StatusOr<PacketSource::ReadResult> ReadOne(Source* source);
  void CountAndApply(const Source& source);
  void ReadDropCounters();
  void CheckClock();
  void PollSources();
  void PollDiscoveredInterfaces();
  void LogCondition(size_t interface, LogLevel level_when_up) const;
  void TakeLocalListeners();
  WorkerPublisher::Progress Publish(int64_t steady_ns);
  void WaitForPackets();

  const WorkerOptions options_;
  const WorkerLinks links_;
  Wakeup& published_;
  const StopSignal& stop_;
  const Clock& clock_;
  CaptureCounters counters_;
  InterfaceRegistry interfaces_;
  CaptureClock capture_clock_;  // used when live
  int64_t packet_time_ns_ = 0;  // of the latest packet
  const InterfaceLookup lookup_;
  std::vector<Source> sources_;
  ConnectionTable table_;
  std::unique_ptr<MemoryAhead> memory_ahead_;  // of table_; null outside Run()
  TripleBuffer<WorkerSnapshot> buffer_;
  WorkerPublisher publisher_;
  PacketBatch batch_;
  Mailbox<LocalListeners> listeners_;
  std::atomic<int64_t> wanted_since_ns_{INT64_MIN};
  Wakeup wanted_;
  std::atomic<int64_t> last_progress_ns_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_CAPTURE_CAPTURE_WORKER_H_
