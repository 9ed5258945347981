// SPDX-License-Identifier: Apache-2.0
#include "exporter/otlp/push_queue.h"

#include <gtest/gtest.h>

#include "src/base/time_units.h"
#include "tests/exporter/otlp/push_counts.h"

namespace tcpgauge {
namespace {

constexpr int64_t kSecond = kNanosecondsPerSecond;

OtlpRequest Request(size_t bytes, size_t data_points = 1) { return {std::string(bytes, 'x'), data_points}; }

PushQueueOptions Options(double random = 0.5) {
  PushQueueOptions options;
  options.max_requests = 3;
  options.max_bytes = 100;
  options.random = [random] { return random; };
  return options;
}

PushOutcome Taken(uint64_t rejected = 0) {
  PushOutcome outcome;
  outcome.taken = true;
  outcome.rejected_data_points = rejected;
  return outcome;
}

PushOutcome Failed(PushFailure failure, std::optional<int64_t> retry_after_seconds = std::nullopt) {
  PushOutcome outcome;
  outcome.failure = failure;
  outcome.repeats = failure != PushFailure::kRejected;
  outcome.retry_after_seconds = retry_after_seconds;
  return outcome;
}

int64_t WaitAfter(PushQueue* queue, const PushOutcome& outcome) {
  queue->Begin();
  queue->Finish(outcome, 1000 * kSecond);
  return queue->next_attempt_ns() - 1000 * kSecond;
}

TEST(PushQueue, DropsWhatCouldNotBeCompressed) {
  const PushCounts counts;
  PushQueue queue(Options(), counts.metrics());
  queue.Add(Request(0, 5));
  EXPECT_TRUE(queue.empty());
  EXPECT_EQ(counts.data_points_dropped(), 5u);
  queue.Add(Request(10, 7));
  queue.Add(Request(0, 6));
  EXPECT_EQ(queue.Begin().data_points, 7u);
  EXPECT_EQ(counts.data_points_dropped(), 11u);
  EXPECT_EQ(counts.queued_bytes(), 10u);
}

TEST(PushQueue, SendsInOrderAndCounts) {
  const PushCounts counts;
  PushQueue queue(Options(), counts.metrics());
  queue.Add(Request(10, 5));
  queue.Add(Request(20, 6));
  EXPECT_EQ(queue.Begin().data_points, 5u);
  queue.Finish(Taken(2), 0);
  EXPECT_EQ(queue.Begin().data_points, 6u);
  queue.Finish(Taken(), 0);
  EXPECT_TRUE(queue.empty());
  EXPECT_EQ(counts.pushes(), 2u);
  EXPECT_EQ(counts.data_points_sent(), 11u);
  EXPECT_EQ(counts.data_points_rejected(), 2u);
  EXPECT_EQ(counts.queued_bytes(), 0u);
}

TEST(PushQueue, TheOldestGivesWayWhenThereAreTooMany) {
  const PushCounts counts;
  PushQueue queue(Options(), counts.metrics());
  for (size_t i = 1; i <= 5; ++i) queue.Add(Request(1, i));
  EXPECT_EQ(queue.Begin().data_points, 3u);
  EXPECT_EQ(counts.queued_requests(), 3u);
  EXPECT_EQ(counts.data_points_dropped(), 1u + 2u);
}

TEST(PushQueue, TheOldestGivesWayWhenTheyTakeTooMuchMemory) {
  const PushCounts counts;
  PushQueue queue(Options(), counts.metrics());
  queue.Add(Request(60, 1));
  queue.Add(Request(60, 2));
  EXPECT_EQ(counts.queued_bytes(), 60u);
  EXPECT_EQ(counts.data_points_dropped(), 1u);
  queue.Add(Request(101, 4));
  EXPECT_TRUE(queue.empty()) << "what never fits is not kept";
  EXPECT_EQ(counts.data_points_dropped(), 1u + 2u + 4u);
}

TEST(PushQueue, WhatIsOnItsWayIsNotTakenAway) {
  const PushCounts counts;
  PushQueue queue(Options(), counts.metrics());
  queue.Add(Request(60, 1));
  const OtlpRequest& on_its_way = queue.Begin();
  for (size_t i = 2; i < 10; ++i) queue.Add(Request(60, i));
  EXPECT_EQ(on_its_way.data_points, 1u);
  EXPECT_EQ(on_its_way.body, std::string(60, 'x'));
  EXPECT_EQ(counts.queued_requests(), 1u);
  queue.Finish(Taken(), 0);
  EXPECT_EQ(counts.data_points_sent(), 1u);
}

TEST(PushQueue, WhatIsOnItsWayStaysWhereItIs) {
  const PushCounts counts;
  PushQueue queue(Options(), counts.metrics());
  queue.Add(Request(10, 1));
  const OtlpRequest& sending = queue.Begin();
  for (uint64_t i = 2; i <= 6; ++i) queue.Add(Request(10, i));  // more than there is room for
  EXPECT_EQ(sending.data_points, 1u);
  EXPECT_EQ(sending.body.size(), 10u);
}

TEST(PushQueue, WaitsLongerAfterEachFailureUpToALimit) {
  const PushCounts counts;
  PushQueue queue(Options(), counts.metrics());
  queue.Add(Request(1));
  for (const int64_t seconds : {1, 2, 4, 8, 16, 30, 30}) {
    EXPECT_EQ(WaitAfter(&queue, Failed(PushFailure::kConnection)), seconds * kSecond);
  }
  EXPECT_EQ(counts.failures(PushFailure::kConnection), 7u);
  queue.Add(Request(1));
  EXPECT_EQ(WaitAfter(&queue, Taken()), 0);
  EXPECT_EQ(WaitAfter(&queue, Failed(PushFailure::kTimeout)), kSecond) << "from the beginning after a success";
}

TEST(PushQueue, ChanceSpreadsTheWaits) {
  const PushCounts counts;
  PushQueue early(Options(0), counts.metrics()), late(Options(0.999), counts.metrics());
  early.Add(Request(1));
  late.Add(Request(1));
  EXPECT_EQ(WaitAfter(&early, Failed(PushFailure::kConnection)), kSecond / 2);
  EXPECT_NEAR(static_cast<double>(WaitAfter(&late, Failed(PushFailure::kConnection))), 1.5 * kSecond, 0.01 * kSecond);
}

TEST(PushQueue, WaitsAsLongAsTheReceiverAsksForWithinReason) {
  const PushCounts counts;
  PushQueue queue(Options(), counts.metrics());
  queue.Add(Request(1));
  EXPECT_EQ(WaitAfter(&queue, Failed(PushFailure::kThrottled, 17)), 17 * kSecond);
  EXPECT_TRUE(queue.IsPausedAt(queue.next_attempt_ns() - 1));
  EXPECT_FALSE(queue.IsPausedAt(queue.next_attempt_ns())) << "the pause is over";
  EXPECT_EQ(WaitAfter(&queue, Failed(PushFailure::kUnavailable, INT64_MAX)), 600 * kSecond);
  EXPECT_EQ(WaitAfter(&queue, Failed(PushFailure::kUnavailable)), 4 * kSecond) << "the third failure";
  EXPECT_FALSE(queue.IsPausedAt(queue.next_attempt_ns() - 1)) << "the queue chose this pause itself";
  EXPECT_EQ(WaitAfter(&queue, Failed(PushFailure::kThrottled, 0)), 0);
  EXPECT_FALSE(queue.IsPausedAt(queue.next_attempt_ns()));
}

TEST(PushQueue, WhatIsRefusedIsDroppedAndTheNextGoesAtOnce) {
  const PushCounts counts;
  PushQueue queue(Options(), counts.metrics());
  queue.Add(Request(1, 5));
  queue.Add(Request(1, 6));
  EXPECT_EQ(WaitAfter(&queue, Failed(PushFailure::kRejected)), 0);
  EXPECT_EQ(counts.data_points_dropped(), 5u);
  EXPECT_EQ(queue.Begin().data_points, 6u);
}

TEST(PushQueue, RejectsNoMoreThanThereWere) {
  const PushCounts counts;
  PushQueue queue(Options(), counts.metrics());
  queue.Add(Request(1, 5));
  queue.Begin();
  queue.Finish(Taken(UINT64_MAX), 0);
  EXPECT_EQ(counts.data_points_rejected(), 5u);
}

}  // namespace
}  // namespace tcpgauge
