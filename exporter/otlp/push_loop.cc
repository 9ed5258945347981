// SPDX-License-Identifier: Apache-2.0
#include "exporter/otlp/push_loop.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "src/base/log.h"

namespace tcpgauge {
namespace {

constexpr int64_t kLogIntervalNs = 60 * kNanosecondsPerSecond;

}  // namespace

PushLoop::PushLoop(const PushLoopOptions& options, const PushMetrics& metrics, Collect collect,
                   PushTransport* transport, const Clock* clock)
    : options_(options),
      metrics_(metrics),
      collect_(std::move(collect)),
      transport_(*transport),
      clock_(*clock),
      queue_(options.queue, metrics),
      failure_log_(*clock, kLogIntervalNs),
      partial_log_(*clock, kLogIntervalNs),
      dropped_log_(*clock, kLogIntervalNs) {}

void PushLoop::Run(const StopSignal& stop) {
  int64_t next_collection_ns = clock_.SteadyNanoseconds() + options_.interval_ns;
  while (!stop.stopped()) {
    const int64_t now_ns = clock_.SteadyNanoseconds();
    if (now_ns >= next_collection_ns) {
      CollectIntoQueue();
      // Skip intervals that have passed meanwhile.
      next_collection_ns += (now_ns - next_collection_ns) / options_.interval_ns * options_.interval_ns;
      next_collection_ns += options_.interval_ns;
    }
    int64_t wake_ns = next_collection_ns;
    if (!is_sending_ && !queue_.empty()) {
      if (now_ns >= queue_.next_attempt_ns()) {
        StartNext(options_.attempt_timeout_ns);
      } else {
        wake_ns = std::min(wake_ns, queue_.next_attempt_ns());
      }
    }
    const auto answer = transport_.Wait(stop.fd(), std::max<int64_t>(wake_ns - clock_.SteadyNanoseconds(), 0));
    if (answer.has_value()) TakeOutcome(*answer);
  }
  Flush();
}

void PushLoop::CollectIntoQueue() {
  for (OtlpRequest& request : collect_()) queue_.Add(std::move(request));
  const uint64_t dropped = DroppedDataPoints();
  if (dropped > logged_dropped_) {
    if (const std::optional<uint64_t> suppressed = dropped_log_.Admit()) {
      LogWarn("metrics were dropped because the OTLP receiver did not accept them",
              {{"data_points", dropped - logged_dropped_}, {"suppressed", *suppressed}});
      logged_dropped_ = dropped;
    }
  }
}

void PushLoop::StartNext(int64_t timeout_ns) {
  transport_.Start(queue_.Begin().body, timeout_ns);
  is_sending_ = true;
}

bool PushLoop::TakeOutcome(const absl::StatusOr<HttpAnswer>& answer) {
  is_sending_ = false;
  const PushOutcome outcome = OutcomeOf(answer, options_.format);
  queue_.Finish(outcome, clock_.SteadyNanoseconds());
  LogOutcome(outcome);
  has_failed_ = outcome.failure.has_value();
  return outcome.repeats;
}

void PushLoop::LogOutcome(const PushOutcome& outcome) {
  if (outcome.failure.has_value()) {
    if (const std::optional<uint64_t> suppressed = failure_log_.Admit()) {
      LogWarn("OTLP push failed", {{"receiver", options_.receiver},
                                   {"reason", kPushFailureNames[static_cast<size_t>(*outcome.failure)]},
                                   {"error", outcome.message},
                                   {"repeats", outcome.repeats},
                                   {"suppressed", *suppressed}});
    }
    return;
  }
  if (has_failed_) LogInfo("the OTLP receiver takes metrics again", {{"receiver", options_.receiver}});
  if (outcome.rejected_data_points == 0 && outcome.message.empty()) return;
  if (const std::optional<uint64_t> suppressed = partial_log_.Admit()) {
    LogWarn("the OTLP receiver accepted metrics with a warning",
            {{"receiver", options_.receiver},
             {"rejected_data_points", outcome.rejected_data_points},
             {"message", outcome.message},
             {"suppressed", *suppressed}});
  }
}

void PushLoop::Flush() {
  int64_t deadline_ns = clock_.SteadyNanoseconds() + options_.export_timeout_ns;
  CollectIntoQueue();
  bool may_send = is_sending_ || !queue_.IsPausedAt(clock_.SteadyNanoseconds());
  while (may_send && (is_sending_ || !queue_.empty())) {
    const bool in_haste = options_.haste != nullptr && options_.haste->begun();
    if (in_haste) deadline_ns = std::min(deadline_ns, options_.haste->deadline_ns());
    const int64_t left_ns = deadline_ns - clock_.SteadyNanoseconds();
    if (left_ns <= 0) break;
    if (!is_sending_) StartNext(std::min(left_ns, options_.attempt_timeout_ns));
    const int haste_fd = options_.haste != nullptr && !in_haste ? options_.haste->fd() : -1;
    const auto answer = transport_.Wait(haste_fd, left_ns);
    if (!answer.has_value()) continue;
    may_send = !TakeOutcome(*answer);
  }
  if (is_sending_) {
    transport_.Cancel();
    queue_.Abandon();
    is_sending_ = false;
  }
  const uint64_t dropped_before = DroppedDataPoints();
  if (const size_t requests = queue_.DropAll(); requests > 0) {
    LogWarn("the last metrics did not get to the OTLP receiver",
            {{"receiver", options_.receiver},
             {"requests", requests},
             {"data_points", DroppedDataPoints() - dropped_before}});
  }
}

uint64_t PushLoop::DroppedDataPoints() const { return static_cast<uint64_t>(metrics_.data_points_dropped.Value()); }

}  // namespace tcpgauge
