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
#include "src/capture/handover.h"
#include "src/capture/interface_lookup.h"
#include "src/capture/interface_registry.h"
#include "src/capture/mailbox.h"
#include "src/capture/packet_merger.h"
#include "src/capture/packet_source.h"
#include "src/flow/connection_table.h"
#include "src/naming/identity_map.h"
#include "src/snapshot/ended_queue.h"
#include "src/snapshot/listed_rows.h"
#include "src/snapshot/triple_buffer.h"
#include "src/snapshot/worker_publisher.h"
#include "src/snapshot/worker_sample.h"
#include "src/snapshot/worker_sampler.h"

namespace tcpgauge {

struct WorkerOptions {
  // True: the sources are interfaces, and the worker runs until it is stopped or all interfaces have failed. False: the
  // sources are files, packets set the time, and the worker ends with the files.
  bool live = true;
  bool publish = true;  // whether to make snapshots; false when no output shows them
  // Files only. True: at the end of the files, keep the connections open until stopped, because an output still shows
  // them.
  bool stay_at_end = false;
  // The time between two snapshots (steady time). With publish_when_asked, the tick of SnapshotHub.
  int64_t publish_interval_ns = kNanosecondsPerSecond;
  // True: make a snapshot when WantSnapshot() asks for it. Without requests, kUnaskedIntervalNs sets the interval.
  // For live captures only, because a worker that waits for a silent pipe cannot answer a request.
  bool publish_when_asked = false;
  size_t max_rows = 100000;  // the most connections that one snapshot lists; further ones are only counted
  // The rows of a snapshot for readers that want few. Nullopt: every snapshot lists up to max_rows.
  std::optional<WorkerPublisher::FewRows> few_rows;
  ListedRows last_listed_rows = ListedRows::kAll;  // of the last snapshot, which is made when no more packets come
  // Whether to publish samples for the history. A worker that reads a file then waits for the reader of its samples.
  bool sample = false;
};

// Connects a worker to the other threads. CaptureEngine fills it. `published`, `stop` and `clock` are required, and so
// is `on_source_error` in a live capture. The object behind each pointer must outlive the worker.
struct WorkerLinks {
  Wakeup* published = nullptr;  // notified after each published snapshot, and after each sample
  const StopSignal* stop = nullptr;
  const Clock* clock = nullptr;
  EndedQueue* ended = nullptr;            // this worker's own queue; null: ended connections are not reported
  DropWarnings* drop_warnings = nullptr;  // of packets that the kernel dropped; null: no warnings
  // What several workers of a live capture share. Null for one worker, and where files are read. Then every packet that
  // a worker reads goes to its own table.
  HandoverGroup* handover = nullptr;
  size_t index = 0;                           // with `handover`: of this worker
  DropWarnings* handover_warnings = nullptr;  // of packets that were lost between workers; null: no warnings
  // Whether this worker logs the events that every worker sees: an interface comes or goes, or the clock is set. Set it
  // for one worker only. Otherwise each event would be logged several times.
  bool logs_events = true;
  std::function<void(const absl::Status&)> on_source_error;  // called on the worker's thread when a source fails
  // Called on the worker's thread when its capture has ended and its last snapshot is published. The argument is the
  // status that Run() will return. If stay_at_end is set and the status is OK, Run() returns after the stop signal.
  // Otherwise Run() returns soon. Exception: with `handover`, a worker whose last interface has failed calls this at
  // once, before its last snapshot, and then serves the other workers until the stop signal. Null: not called.
  std::function<void(const absl::Status&)> on_capture_end;
};

// One worker: reads and decodes packets from its sources, applies them to its connection table, and copies the table
// for the collector. With WorkerLinks::handover, it hands over the packets of connections that other workers have, and
// receives the packets of its own connections (see Handover). The packets of several interfaces reach the table in the
// order of their times (see PacketMerger).
//
// Owns its sources and its table.
// Thread: one thread calls Run(). Other threads may call only the methods whose comments say so.
// Time: capture time (CaptureClock) in a live capture, and packet time when files are read. Both count from the Unix
// epoch.
// Errors: see Run().
//
// Interfaces: a discovered interface that is gone is forgotten after a ranking window (see InterfaceRegistry). The
// worker then sweeps its table for connections of forgotten interfaces. A sweep begins at most once in 10 s, or in a
// ranking window if that is shorter. The place of a forgotten interface without connections is freed.
class CaptureWorker final : private EndedConnectionSink {
 public:
  // The interval of the snapshots that nobody asked for (see publish_when_asked). If half a ranking window is shorter
  // than this, the interval is half a ranking window. The collector derives facts from successive snapshots: which
  // connections were the heaviest, and which edges several tables retired. Therefore the time between two snapshots
  // must be bounded.
  static constexpr int64_t kUnaskedIntervalNs = 30 * kNanosecondsPerSecond;

  // `sources` may be empty. With LiveOptions::wait, an interface that does not exist yet or is down gets a source in
  // the first worker only, so other workers may have no source. Such a worker gets only the packets that are handed
  // over to it.
  CaptureWorker(std::vector<std::unique_ptr<PacketSource>> sources, const TableOptions& table,
                const WorkerOptions& options, WorkerLinks links);

  // Captures until the stop signal, until the files end, or until an error. Then publishes a last snapshot (if
  // `publish`). With stay_at_end and without an error, waits for the stop signal after that. Call it once.
  //
  // Errors: a file is damaged, or all interfaces have failed. When all interfaces have failed, but `handover` is set,
  // Run() returns the error only after the stop signal. An interface that goes away is not an error: the worker waits
  // for it.
  absl::Status Run();

  // Reports all open connections as ended. Does nothing without WorkerLinks::ended. Waits for room in the queue as
  // EndedQueue::Push() does. Call it once, after Run() has returned, on any thread.
  void EndConnections();

  // Gives the sources away, so that they can be closed. Call it after Run() has returned, on any thread.
  std::vector<std::unique_ptr<PacketSource>> TakeSources();

  // Any thread. Replaces what the worker knows of the sockets on which this machine listens.
  void PostLocalListeners(std::unique_ptr<LocalListeners> listeners) { listeners_.Post(std::move(listeners)); }
  // Any thread. Gives the worker another map of the identities of ends. REQUIRES: `map` is not null.
  void PostIdentities(const std::shared_ptr<const IdentityMap>& map) {
    identities_.Post(std::make_unique<std::shared_ptr<const IdentityMap>>(map));
  }
  // Any thread. Returns the steady time at which the worker last completed a round over its sources, or INT64_MAX when
  // no progress is due: while the worker waits for the data of a file (perhaps a silent pipe), and after its last
  // snapshot.
  int64_t last_progress_ns() const { return last_progress_ns_.load(std::memory_order_relaxed); }

  // Any thread; never waits. Asks for a snapshot that begins at the steady time `begun_since_ns` or later. Wakes a live
  // worker. For each value of `listed_rows`, the latest time of all calls counts.
  void WantSnapshot(int64_t begun_since_ns, ListedRows listed_rows);

  // Any thread. See WorkerPublisher::KeepListed().
  void PostSlotsToList(const std::vector<uint32_t>& slots) {
    slots_to_list_.Post(std::make_unique<std::vector<uint32_t>>(slots));
  }

  // The published samples. Only the collector's thread may read them. The pointer is valid while the worker exists.
  TripleBuffer<WorkerSample>* samples() { return &samples_; }
  // Any thread. Tells a worker that reads a file that its latest sample was taken.
  void NoteSampleTaken() { sample_taken_.Notify(); }

  // The published snapshots. Only the collector's thread may read them. The pointer is valid while the worker exists.
  TripleBuffer<WorkerSnapshot>* buffer() { return &buffer_; }

 private:
  struct Source {
    std::unique_ptr<PacketSource> packets;
    size_t interface;           // its place in interfaces_
    size_t number;              // of the source in merger_
    uint64_t kernel_drops = 0;  // PacketSource::DroppedPackets() when it was read last
  };

  void OnConnectionEnded(const EndedConnection& connection) override;

  absl::Status CaptureLive();
  absl::Status ReadFiles();
  int64_t FileTime() const;
  absl::StatusOr<PacketSource::ReadResult> ReadOne(Source* source);
  absl::StatusOr<PacketSource::ReadResult> ReadIntoMerger(Source* source);
  void Translate(const Source& source, bool count, PacketBatch* batch);
  void Count(const DecodedPacket& packet);
  void Apply();
  void SetMergerTime();
  void ApplyMerged();
  bool ReceiveHandedOver(int64_t read_until_ns);
  void EndHandover();
  void CountLost(uint32_t place);
  void ReadDropCounters();
  void CheckClock();
  void PollSources();
  void PollDiscoveredInterfaces(int64_t steady_ns);
  // Takes the next step of freeing the places of forgotten interfaces. Returns whether the next step is due at once.
  bool SweepInterfaces(int64_t steady_ns);
  void FreeSweptInterfaces();
  void LogCondition(size_t interface, LogLevel level_when_up) const;
  void TakeLocalListeners();
  void TakeIdentities();
  WorkerPublisher::Progress Publish(int64_t steady_ns);
  // Applies the packets of batch_, which are of a file. Publishes a sample where a second of packet time begins, so the
  // history of a file is exact.
  void ApplyBySeconds();
  WorkerSampler::Progress Sample(int64_t steady_ns);
  void SampleBefore(int64_t second);
  // Waits until the last sample of a file was taken, or until the stop signal. A live worker never waits.
  void WaitForSampleTaken();
  void WaitForPackets();

  const WorkerOptions options_;
  const WorkerLinks links_;
  const int64_t sweep_interval_ns_;  // between the beginnings of two sweeps for forgotten interfaces
  Wakeup& published_;
  const StopSignal& stop_;
  const Clock& clock_;
  CaptureCounters counters_;
  InterfaceRegistry interfaces_;
  std::unique_ptr<Handover> handover_;  // null without WorkerLinks::handover
  // Indexed by interface: the packets that were lost because an inbox was full, since the last ReadDropCounters().
  std::vector<uint64_t> lost_packets_;
  std::unique_ptr<PacketMerger> merger_;  // null with fewer than two sources, and when files are read
  bool capture_ended_ = false;            // the last source has failed, and on_capture_end was called
  CaptureClock capture_clock_;            // used when live
  int64_t packet_time_ns_ = 0;  // of the packet that was read last; with merger_, earlier packets have been applied
  const InterfaceLookup lookup_;
  std::vector<Source> sources_;
  ConnectionTable table_;
  std::unique_ptr<MemoryAhead> memory_ahead_;  // of table_; null outside Run()
  TripleBuffer<WorkerSnapshot> buffer_;
  WorkerPublisher publisher_;
  TripleBuffer<WorkerSample> samples_;
  WorkerSampler sampler_;
  Wakeup sample_taken_;
  int64_t file_second_ = INT64_MIN;  // of the packet of a file that was applied last
  PacketBatch batch_;
  // The sweep of table_ that finds out which forgotten interfaces can be freed.
  enum class Sweep { kIdle, kUnderWay, kComplete };
  Sweep sweep_ = Sweep::kIdle;
  int64_t next_sweep_ns_ = 0;
  std::vector<size_t> swept_;              // the interfaces that were forgotten when the sweep began
  ConnectionTable::InterfaceSet surplus_;  // the part of swept_ whose connections move to "other"
  Mailbox<LocalListeners> listeners_;
  Mailbox<std::shared_ptr<const IdentityMap>> identities_;
  Mailbox<std::vector<uint32_t>> slots_to_list_;
  std::atomic<int64_t> wanted_since_ns_{INT64_MIN};
  std::atomic<int64_t> all_wanted_since_ns_{INT64_MIN};
  Wakeup wanted_;
  std::atomic<int64_t> last_progress_ns_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_CAPTURE_CAPTURE_WORKER_H_
