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
  bool live = true;            // else the sources are files: packets bring the time, and their end is the end
  bool publish = true;         // whether anybody reads snapshots
  bool log_interfaces = true;  // that they come and go; one of several workers is enough
  bool stay_at_end = false;    // of a file: keep the final state to be looked at until stopped
  int64_t publish_interval_ns = kNanosecondsPerSecond;
  // Live: publish when somebody asks, and else only now and then (kUnaskedIntervalNs).
  bool publish_when_asked = false;
  size_t max_rows = 100000;
  DropWarnings* drop_warnings = nullptr;  // or null; shared by all workers, which it must outlive
};

// One worker: its sources → decoder → its connection table → copies for the collector.
//
// Thread: Run() and all that it touches belong to one thread; the rest is said below.
class CaptureWorker final : private EndedConnectionSink {
 public:
  // Without a reader, publish this often, and at least twice in a ranking window. Whatever follows from one snapshot to
  // the next (which connections were the heaviest, which edges were retired by several tables) needs such snapshots.
  static constexpr int64_t kUnaskedIntervalNs = 30 * kNanosecondsPerSecond;

  // `ended` may be null: then ended connections are not told. It, `published`, `stop` and `clock` must outlive the
  // worker. `on_source_error` is called on the worker's thread when an interface fails.
  CaptureWorker(std::vector<std::unique_ptr<PacketSource>> sources, const TableOptions& table,
                const WorkerOptions& options, EndedQueue* ended, Wakeup* published, const StopSignal* stop,
                const Clock* clock, std::function<void(const absl::Status&)> on_source_error);

  // Captures until stopped or, with files, until the end; then ends all connections. An error when a file is damaged or
  // no source is left; an interface that goes away is waited for.
  absl::Status Run();

  // Any thread.
  void PostLocalListeners(std::unique_ptr<LocalListeners> listeners) { listeners_.Post(std::move(listeners)); }
  // Steady time at which it last went round its loop; far in the future once the sources have come to their end.
  int64_t last_progress_ns() const { return last_progress_ns_.load(std::memory_order_relaxed); }

  // Any thread; never waits: publish a snapshot soon that is begun at this steady time or later.
  void WantSnapshot(int64_t begun_since_ns);

  // For the collector's thread.
  TripleBuffer<WorkerSnapshot>* buffer() { return &buffer_; }

 private:
  struct Source {
    std::unique_ptr<PacketSource> packets;
    size_t interface;  // its place in the registry
  };

  void OnConnectionEnded(const EndedConnection& connection) override;

  absl::Status CaptureLive();
  absl::Status ReadFiles();
  int64_t FileTime() const;
  absl::StatusOr<PacketSource::ReadResult> ReadOne(Source* source);
  void CountAndApply(const Source& source);
  void ReadDropCounters();
  void LookAtClock();
  void PollSources();
  void PollDiscoveredInterfaces();
  void LogCondition(size_t interface, LogLevel level_when_up) const;
  void TakeLocalListeners();
  WorkerPublisher::Progress Publish(int64_t steady_ns);
  void WaitForPackets();

  const WorkerOptions options_;
  EndedQueue* const ended_;
  Wakeup& published_;
  const StopSignal& stop_;
  const Clock& clock_;
  const std::function<void(const absl::Status&)> on_source_error_;
  CaptureCounters counters_;
  InterfaceRegistry interfaces_;
  CaptureClock capture_clock_;  // of live capture
  int64_t packet_time_ns_ = 0;  // of the packet that was taken in last
  const InterfaceLookup lookup_;
  std::vector<Source> sources_;
  ConnectionTable table_;
  std::unique_ptr<MemoryAhead> memory_ahead_;  // of the table; while it runs
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
