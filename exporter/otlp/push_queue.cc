// SPDX-License-Identifier: Apache-2.0
#include "exporter/otlp/push_queue.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "src/base/check.h"
#include "src/base/time_units.h"

namespace tcpgauge {

void PushQueue::Add(OtlpRequest request) {
  if (request.body.empty()) {
    metrics_.data_points_dropped.Increment(static_cast<double>(request.data_points));
    return;
  }
  bytes_ += request.body.size();
  requests_.push_back(std::move(request));
  const size_t sending = is_sending_ ? 1 : 0;
  while (requests_.size() > sending && (requests_.size() > options_.max_requests || bytes_ > options_.max_bytes)) {
    Drop(std::next(requests_.begin(), static_cast<ptrdiff_t>(sending)));
  }
  SetGauges();
}

const OtlpRequest& PushQueue::Begin() {
  TCPGAUGE_CHECK(!requests_.empty() && !is_sending_);
  is_sending_ = true;
  return requests_.front();
}

void PushQueue::Finish(const PushOutcome& outcome, int64_t now_ns) {
  TCPGAUGE_CHECK(is_sending_);
  is_sending_ = false;
  was_asked_to_pause_ = false;
  if (outcome.failure.has_value()) metrics_.failures[static_cast<size_t>(*outcome.failure)]->Increment();
  if (outcome.repeats) {
    backoff_ns_ = backoff_ns_ == 0 ? options_.first_backoff_ns : std::min(backoff_ns_ * 2, options_.max_backoff_ns);
    int64_t wait_ns = static_cast<int64_t>(static_cast<double>(backoff_ns_) * (0.5 + options_.random()));
    if (outcome.retry_after_seconds.has_value()) {
      was_asked_to_pause_ = true;
      const int64_t most = options_.max_retry_after_ns / kNanosecondsPerSecond;
      wait_ns = std::clamp<int64_t>(*outcome.retry_after_seconds, 0, most) * kNanosecondsPerSecond;
    }
    not_before_ns_ = now_ns + wait_ns;
    return;
  }
  backoff_ns_ = 0;
  not_before_ns_ = now_ns;
  if (!outcome.taken) {
    Drop(requests_.begin());
    return;
  }
  const uint64_t data_points = requests_.front().data_points;
  metrics_.pushes.Increment();
  metrics_.data_points_sent.Increment(static_cast<double>(data_points));
  metrics_.data_points_rejected.Increment(static_cast<double>(std::min(outcome.rejected_data_points, data_points)));
  Remove(requests_.begin());
}

size_t PushQueue::DropAll() {
  TCPGAUGE_CHECK(!is_sending_);
  const size_t count = requests_.size();
  while (!requests_.empty()) Drop(requests_.begin());
  return count;
}

void PushQueue::Drop(std::list<OtlpRequest>::iterator request) {
  metrics_.data_points_dropped.Increment(static_cast<double>(request->data_points));
  Remove(request);
}

void PushQueue::Remove(std::list<OtlpRequest>::iterator request) {
  bytes_ -= request->body.size();
  requests_.erase(request);
  SetGauges();
}

void PushQueue::SetGauges() {
  metrics_.queue_requests.Set(static_cast<double>(requests_.size()));
  metrics_.queue_bytes.Set(static_cast<double>(bytes_));
}

}  // namespace tcpgauge
