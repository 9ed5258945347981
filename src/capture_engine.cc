#include "src/capture_engine.h"

#include <signal.h>

#include <utility>

#include "src/capture/local_listeners.h"

namespace tcpgauge {
namespace {

// A capture thread goes round many times a second; one that did not for this long hangs.
constexpr int64_t kProgressTimeoutNs = 10 * kNanosecondsPerSecond;

constexpr int64_t kListenersIntervalNs = 10 * kNanosecondsPerSecond;

// Interrupts a read that waits for more of a file, as on a pipe.
constexpr int kInterruptSignal = SIGUSR1;
constexpr int kInterruptAgainMs = 10;

}  // namespace

CaptureEngine::CaptureEngine(const EngineOptions& options, std::vector<std::unique_ptr<PacketSource>> sources,
                             EndedQueue* ended, const Clock* clock,
                             std::function<void(const absl::Status&)> on_source_error)
    : options_(options),
      clock_(*clock),
      worker_(std::move(sources), options.table, options.worker, ended, &published_, &stop_worker_, clock,
              std::move(on_source_error)),
      collector_(options.collector, {worker_.buffer()}) {}

CaptureEngine::~CaptureEngine() { (void)Stop(); }

void CaptureEngine::Start() {
  struct sigaction interrupt = {};
  interrupt.sa_handler = [](int) {};  // without SA_RESTART: the read returns
  sigaction(kInterruptSignal, &interrupt, nullptr);
  if (options_.worker.live) PostListeners();
  worker_thread_ = std::thread(&CaptureEngine::RunWorker, this);
  collector_thread_ = std::thread(&CaptureEngine::RunCollector, this);
}

absl::Status CaptureEngine::Stop() {
  stop_worker_.Stop();
  if (worker_thread_.joinable()) {
    // Again and again, for the signal may come before the read begins.
    while (!options_.worker.live && !worker_finished_.load(std::memory_order_acquire)) {
      pthread_kill(worker_thread_.native_handle(), kInterruptSignal);
      finished_wakeup_.Wait(-1, kInterruptAgainMs);
    }
    worker_thread_.join();
  }
  stop_collector_.Stop();
  if (collector_thread_.joinable()) collector_thread_.join();
  return worker_status_;
}

bool CaptureEngine::IsHealthy() const {
  return clock_.SteadyNanoseconds() - worker_.last_progress_ns() < kProgressTimeoutNs;
}

void CaptureEngine::RunWorker() {
  worker_status_ = worker_.Run();
  worker_finished_.store(true, std::memory_order_release);
  finished_wakeup_.Notify();
}

void CaptureEngine::RunCollector() {
  int64_t next_listeners_ns = clock_.SteadyNanoseconds() + kListenersIntervalNs;
  while (!stop_collector_.stopped()) {
    published_.Wait(stop_collector_.fd(), static_cast<int>(kListenersIntervalNs / 1000000));
    if (std::shared_ptr<const Snapshot> snapshot = collector_.Collect()) hub_.Publish(std::move(snapshot));
    if (options_.worker.live && clock_.SteadyNanoseconds() >= next_listeners_ns) {
      PostListeners();
      next_listeners_ns = clock_.SteadyNanoseconds() + kListenersIntervalNs;
    }
  }
  if (std::shared_ptr<const Snapshot> snapshot = collector_.Collect()) hub_.Publish(std::move(snapshot));
}

void CaptureEngine::PostListeners() {
  worker_.PostLocalListeners(std::make_unique<LocalListeners>(ReadLocalListeners()));
}

}  // namespace tcpgauge
