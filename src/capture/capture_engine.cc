// SPDX-License-Identifier: Apache-2.0
#include "src/capture/capture_engine.h"

#include <signal.h>

#include <algorithm>
#include <optional>
#include <thread>
#include <utility>

#include "src/base/check.h"
#include "src/base/log.h"
#include "src/base/named_thread.h"
#include "src/base/time_units.h"
#include "src/flow/first_window.h"
#include "src/snapshot/triple_buffer.h"
#include "src/snapshot/worker_sample.h"

namespace tcpgauge {
namespace {

// A worker completes its loop many times a second. One that has not done so for this long hangs.
constexpr int64_t kProgressTimeoutNs = 10 * kNanosecondsPerSecond;

constexpr int64_t kListenersIntervalNs = 10 * kNanosecondsPerSecond;

// Interrupts a read that waits for more data, for example from a pipe.
constexpr int kInterruptSignal = SIGUSR1;
constexpr int kInterruptAgainMs = 10;

std::vector<TripleBuffer<WorkerSnapshot>*> Buffers(const std::vector<std::unique_ptr<CaptureWorker>>& workers) {
  std::vector<TripleBuffer<WorkerSnapshot>*> buffers;
  buffers.reserve(workers.size());
  for (const auto& worker : workers) buffers.push_back(worker->buffer());
  return buffers;
}

std::vector<TripleBuffer<WorkerSample>*> Samples(const std::vector<std::unique_ptr<CaptureWorker>>& workers) {
  std::vector<TripleBuffer<WorkerSample>*> samples;
  samples.reserve(workers.size());
  for (const auto& worker : workers) samples.push_back(worker->samples());
  return samples;
}

void WarnOfLostPackets(const std::string& interface, uint64_t packets) {
  LogWarn("packets were dropped because the worker that owns their connections was behind",
          {{"interface", interface}, {"packets", packets}});
}

}  // namespace

CaptureEngine::CaptureEngine(const EngineOptions& options,
                             std::vector<std::vector<std::unique_ptr<PacketSource>>> sources,
                             const std::vector<EndedQueue*>& ended, const Clock* clock,
                             const std::function<void(const absl::Status&)>& on_source_error)
    : options_(options),
      clock_(*clock),
      hub_(clock, options.worker.publish_interval_ns,
           options.worker.publish_when_asked
               ? [this](int64_t begun_since_ns, ListedRows listed_rows) { AskForSnapshot(begun_since_ns, listed_rows); }
               : SnapshotHub::Ask()),
      drop_warnings_(clock),
      handover_warnings_(clock, WarnOfLostPackets),
      handover_(options.worker.live && sources.size() > 1
                    ? std::make_unique<HandoverGroup>(options.table, sources.size())
                    : nullptr),
      workers_(MakeWorkers(std::move(sources), ended, on_source_error)),
      collector_(options.collector, Buffers(workers_)),
      history_(options.keep_history
                   ? std::make_unique<History>(options.table.edges.max_exported, options.history_seconds)
                   : nullptr),
      sample_merger_(options.keep_history ? std::make_unique<SampleMerger>(Samples(workers_), history_.get())
                                          : nullptr),
      worker_statuses_(workers_.size()) {}

std::vector<std::unique_ptr<CaptureWorker>> CaptureEngine::MakeWorkers(
    std::vector<std::vector<std::unique_ptr<PacketSource>>> sources, const std::vector<EndedQueue*>& ended,
    const std::function<void(const absl::Status&)>& on_source_error) {
  const size_t count = sources.size();
  if (!options_.worker.live) {
    TCPGAUGE_CHECK(sources[0].size() == 1);
    file_reader_ = std::make_unique<FileReader>(std::move(sources[0][0]), count, options_.table, &stop_workers_);
    std::vector<std::unique_ptr<PacketSource>> shares = file_reader_->TakeSources();
    sources[0].clear();
    for (size_t i = 0; i < count; ++i) sources[i].push_back(std::move(shares[i]));
  }
  TableOptions table = options_.table;
  table.max_connections = std::max<uint32_t>(table.max_connections / static_cast<uint32_t>(count), 1);
  table.edges.max_exported /= count;
  if (table.edges.max_new_per_minute.value_or(0) > 0) {
    table.edges.max_new_per_minute = std::max<size_t>(*table.edges.max_new_per_minute / count, 1);
  }
  // The workers of a file are at different times of the file. Chance would decide which of them begins a shared window,
  // and so what the file shows. A file has no limit of new edges anyway.
  if (options_.worker.live) table.edges.first_window = std::make_shared<FirstWindow>();
  WorkerOptions worker = options_.worker;
  worker.sample = options_.keep_history;
  std::vector<std::unique_ptr<CaptureWorker>> workers;
  for (size_t i = 0; i < count; ++i) {
    WorkerLinks links;
    links.published = &published_;
    links.stop = &stop_workers_;
    links.clock = &clock_;
    links.ended = ended.empty() ? nullptr : ended[i];
    links.drop_warnings = &drop_warnings_;
    links.handover = handover_.get();
    links.index = i;
    links.handover_warnings = &handover_warnings_;
    links.logs_events = i == 0;
    links.on_source_error = on_source_error;
    if (!sources[i].empty()) {
      captures_running_.fetch_add(1, std::memory_order_relaxed);
      links.on_capture_end = [this](const absl::Status& status) { EndCapture(status); };
    }
    workers.push_back(std::make_unique<CaptureWorker>(std::move(sources[i]), table, worker, std::move(links)));
  }
  return workers;
}

CaptureEngine::~CaptureEngine() {
  (void)Stop();
  for (std::thread& closer : closers_) closer.join();
}

void CaptureEngine::Start() {
  struct sigaction interrupt = {};
  interrupt.sa_handler = [](int) {};  // no SA_RESTART, so the read returns
  sigaction(kInterruptSignal, &interrupt, nullptr);
  if (options_.worker.live) {
    if (!listener_reader_.ok()) {
      LogWarn("the kernel does not report listening sockets; servers are known only by handshakes and ports", {});
    }
    PostListeners();
  }
  threads_running_.store(workers_.size() + (file_reader_ != nullptr ? 1 : 0), std::memory_order_release);
  for (size_t i = 0; i < workers_.size(); ++i) {
    capture_threads_.push_back(NamedThread("capture", [this, i] {
      worker_statuses_[i] = workers_[i]->Run();
      EndCaptureThread();
    }));
  }
  if (file_reader_ != nullptr) {
    capture_threads_.push_back(NamedThread("reader", [this] {
      file_reader_->Run();
      EndCaptureThread();
    }));
  }
  collector_thread_ = NamedThread("collector", [this] { RunCollector(); });
}

absl::Status CaptureEngine::Stop() {
  stop_workers_.Stop();
  // Repeat the signal, because it may arrive just before the read begins.
  while (!options_.worker.live && threads_running_.load(std::memory_order_acquire) > 0) {
    for (std::thread& thread : capture_threads_) pthread_kill(thread.native_handle(), kInterruptSignal);
    finished_wakeup_.Wait(-1, kInterruptAgainMs);
  }
  for (std::thread& thread : capture_threads_) thread.join();
  capture_threads_.clear();
  stop_collector_.Stop();
  if (collector_thread_.joinable()) collector_thread_.join();
  if (options_.worker.live) CloseSources();
  for (const absl::Status& status : worker_statuses_) {
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

void CaptureEngine::CloseSources() {
  for (const auto& worker : workers_) {
    for (auto& source : worker->TakeSources()) to_close_.push_back(std::move(source));
  }
  while (closers_.size() < std::min(to_close_.size(), kMaxClosers)) {
    std::optional<std::thread> closer = TryNamedThread("close", [this] {
      for (size_t i; (i = next_to_close_.fetch_add(1)) < to_close_.size();) to_close_[i].reset();
    });
    // The threads that could be started close all sources. Without any, the destructor does.
    if (!closer.has_value()) return;
    closers_.push_back(*std::move(closer));
  }
}

void CaptureEngine::EndConnections() {
  for (const auto& worker : workers_) worker->EndConnections();
}

bool CaptureEngine::IsHealthy() const {
  const int64_t now_ns = clock_.SteadyNanoseconds();
  return std::all_of(workers_.begin(), workers_.end(), [now_ns](const std::unique_ptr<CaptureWorker>& worker) {
    return now_ns - worker->last_progress_ns() < kProgressTimeoutNs;
  });
}

void CaptureEngine::EndCapture(const absl::Status& status) {
  if (!status.ok()) has_failed_.store(true, std::memory_order_relaxed);
  if (captures_running_.fetch_sub(1, std::memory_order_acq_rel) > 1) return;
  // Other workers may go on until Stop(): those that stay at the end of a file, and those that never had a source.
  if (has_failed_.load(std::memory_order_relaxed)) finished_wakeup_.Notify();
}

void CaptureEngine::EndCaptureThread() {
  if (threads_running_.fetch_sub(1, std::memory_order_acq_rel) == 1) finished_wakeup_.Notify();
}

void CaptureEngine::AskForSnapshot(int64_t begun_since_ns, ListedRows listed_rows) {
  for (const auto& worker : workers_) worker->WantSnapshot(begun_since_ns, listed_rows);
}

void CaptureEngine::RunCollector() {
  int64_t next_listeners_ns = clock_.SteadyNanoseconds() + kListenersIntervalNs;
  while (!stop_collector_.stopped()) {
    const int64_t left_ns = std::max<int64_t>(next_listeners_ns - clock_.SteadyNanoseconds(), 0);
    published_.Wait(stop_collector_.fd(), static_cast<int>(left_ns / kNanosecondsPerMillisecond + 1));
    CollectSamples();
    if (std::shared_ptr<const Snapshot> snapshot = collector_.Collect()) {
      hub_.Publish(std::move(snapshot));
      for (size_t i = 0; i < workers_.size(); ++i) workers_[i]->PostSlotsToList(collector_.slots_with_series()[i]);
    }
    if (clock_.SteadyNanoseconds() < next_listeners_ns) continue;
    if (options_.worker.live) PostListeners();
    next_listeners_ns = clock_.SteadyNanoseconds() + kListenersIntervalNs;
  }
  CollectSamples();
  if (std::shared_ptr<const Snapshot> snapshot = collector_.Collect()) hub_.Publish(std::move(snapshot));
}

void CaptureEngine::CollectSamples() {
  if (sample_merger_ == nullptr) return;
  sample_merger_->Merge();
  if (options_.worker.live) return;
  for (const auto& worker : workers_) worker->NoteSampleTaken();
}

void CaptureEngine::PostIdentities(const std::shared_ptr<const IdentityMap>& map) {
  for (const auto& worker : workers_) worker->PostIdentities(map);
}

void CaptureEngine::PostListeners() {
  const LocalListeners listeners = listener_reader_.Read();
  for (const auto& worker : workers_) worker->PostLocalListeners(std::make_unique<LocalListeners>(listeners));
}

}  // namespace tcpgauge
