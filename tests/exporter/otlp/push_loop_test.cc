// SPDX-License-Identifier: Apache-2.0
#include "exporter/otlp/push_loop.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>

#include "absl/status/status.h"
#include "src/base/clock.h"
#include "src/base/haste.h"
#include "tests/exporter/otlp/push_counts.h"
#include "tests/support/hand_moved_clock.h"

namespace tcpgauge {
namespace {

constexpr int64_t kSecond = kNanosecondsPerSecond;
constexpr size_t kPointsPerPush = 100;

// A receiver whose answers depend on the time. Time passes only in Wait().
class ScriptedTransport final : public PushTransport {
 public:
  struct Reaction {
    absl::StatusOr<HttpAnswer> answer;
    int64_t after_ns = kSecond / 100;
  };
  using React = std::function<Reaction(int64_t now_ns)>;

  ScriptedTransport(HandMovedClock* clock, StopSignal* stop, int64_t stop_at_ns, React react)
      : clock_(*clock), stop_(*stop), stop_at_ns_(stop_at_ns), react_(std::move(react)) {}

  void Start(const std::string& body, int64_t timeout_ns) override {
    EXPECT_FALSE(reaction_.has_value());
    const int64_t now_ns = clock_.SteadyNanoseconds();
    sent.push_back({now_ns, body});
    reaction_ = react_(now_ns);
    if (reaction_->after_ns > timeout_ns) *reaction_ = {absl::DeadlineExceededError("too late"), timeout_ns};
    due_ns_ = now_ns + reaction_->after_ns;
  }

  std::optional<absl::StatusOr<HttpAnswer>> Wait(int stop_fd, int64_t timeout_ns) override {
    ++waits;
    const int64_t now_ns = clock_.SteadyNanoseconds();
    int64_t until_ns = now_ns + timeout_ns;
    if (reaction_.has_value()) until_ns = std::min(until_ns, due_ns_);
    if (stop_fd >= 0) until_ns = std::min(until_ns, std::max(stop_at_ns_, now_ns));
    clock_.Move(until_ns - now_ns);
    if (until_ns >= stop_at_ns_) stop_.Stop();
    if (!reaction_.has_value() || until_ns < due_ns_) return std::nullopt;
    absl::StatusOr<HttpAnswer> answer = reaction_->answer;
    reaction_.reset();
    return answer;
  }

  void Cancel() override {
    EXPECT_TRUE(reaction_.has_value());
    reaction_.reset();
    ++cancelled;
  }

  struct Sent {
    int64_t at_ns;
    std::string body;
  };
  std::vector<Sent> sent;
  int waits = 0;
  int cancelled = 0;

 private:
  HandMovedClock& clock_;
  StopSignal& stop_;
  const int64_t stop_at_ns_;
  const React react_;
  std::optional<Reaction> reaction_;
  int64_t due_ns_ = 0;
};

HttpAnswer Answer(int status, std::optional<int64_t> retry_after_seconds = std::nullopt) {
  HttpAnswer answer;
  answer.status = status;
  answer.retry_after_seconds = retry_after_seconds;
  return answer;
}

struct Ran {
  std::vector<ScriptedTransport::Sent> sent;
  std::unique_ptr<PushCounts> counts = std::make_unique<PushCounts>();
  size_t collected = 0;  // requests
  int64_t end_ns = 0;
  int waits = 0;
  int cancelled = 0;
};

// Runs until `seconds`, collecting one request of kPointsPerPush points every ten seconds.
Ran RunFor(int64_t seconds, const ScriptedTransport::React& react, size_t max_requests = 100) {
  HandMovedClock clock;
  StopSignal stop;
  ScriptedTransport transport(&clock, &stop, seconds * kSecond, react);
  PushLoopOptions options;
  options.interval_ns = 10 * kSecond;
  options.attempt_timeout_ns = 4 * kSecond;
  options.export_timeout_ns = 6 * kSecond;
  options.queue.max_requests = max_requests;
  options.queue.random = [] { return 0.5; };
  Ran ran;
  PushLoop loop(
      options, ran.counts->metrics(),
      [&ran] {
        return std::vector<OtlpRequest>{{"push " + std::to_string(++ran.collected), kPointsPerPush}};
      },
      &transport, &clock);
  loop.Run(stop);
  ran.sent = transport.sent;
  ran.end_ns = clock.SteadyNanoseconds();
  ran.waits = transport.waits;
  ran.cancelled = transport.cancelled;
  EXPECT_EQ(ran.counts->data_points_sent() + ran.counts->data_points_dropped(), ran.collected * kPointsPerPush)
      << "every point that was made is sent or counted as dropped";
  EXPECT_EQ(ran.counts->queued_requests(), 0u);
  return ran;
}

uint64_t Failures(const Ran& ran, PushFailure failure) { return ran.counts->failures(failure); }

TEST(PushLoop, PushesAtEachIntervalAndOnceMoreAtTheEnd) {
  const Ran ran = RunFor(35, [](int64_t) { return ScriptedTransport::Reaction{Answer(200)}; });
  ASSERT_EQ(ran.sent.size(), 4u);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(ran.sent[i].at_ns, (i + 1) * 10 * kSecond);
  EXPECT_EQ(ran.sent[3].at_ns, 35 * kSecond);
  EXPECT_EQ(ran.sent[3].body, "push 4");
  EXPECT_EQ(ran.counts->pushes(), 4u);
  EXPECT_LT(ran.waits, 20) << "it sleeps in between";
}

TEST(PushLoop, AReceiverThatIsAwayForTenMinutesGetsWhatTheQueueHolds) {
  const auto away_for_ten_minutes = [](int64_t now_ns) {
    if (now_ns > 50 * kSecond && now_ns < 650 * kSecond) {
      return ScriptedTransport::Reaction{absl::UnavailableError("connection refused")};
    }
    return ScriptedTransport::Reaction{Answer(200)};
  };
  const Ran all = RunFor(1000, away_for_ten_minutes, 100);
  EXPECT_EQ(all.counts->pushes(), all.collected);
  EXPECT_EQ(all.counts->data_points_dropped(), 0u);
  EXPECT_GE(Failures(all, PushFailure::kConnection), 20u) << "at least one attempt in 30 seconds";
  EXPECT_LE(Failures(all, PushFailure::kConnection), 30u);

  const Ran some = RunFor(1000, away_for_ten_minutes, 10);
  EXPECT_GT(some.counts->data_points_dropped(), 40 * kPointsPerPush);
  EXPECT_EQ(some.counts->data_points_dropped() + some.counts->pushes() * kPointsPerPush,
            some.collected * kPointsPerPush);
  // The requests arrive in order, whichever were dropped.
  for (size_t i = 1; i < some.sent.size(); ++i) {
    EXPECT_LE(std::stoi(some.sent[i - 1].body.substr(5)), std::stoi(some.sent[i].body.substr(5)));
  }
}

TEST(PushLoop, WaitsAsLongAsTheReceiverAsksFor) {
  const Ran ran = RunFor(45, [](int64_t now_ns) {
    return ScriptedTransport::Reaction{now_ns < 15 * kSecond ? Answer(503, 12) : Answer(200)};
  });
  ASSERT_GE(ran.sent.size(), 3u);
  EXPECT_EQ(ran.sent[1].at_ns, ran.sent[0].at_ns + kSecond / 100 + 12 * kSecond);
  EXPECT_EQ(ran.sent[1].body, ran.sent[0].body);
  EXPECT_EQ(Failures(ran, PushFailure::kUnavailable), 1u);
  EXPECT_EQ(ran.counts->pushes(), ran.collected);
}

TEST(PushLoop, WhatIsRefusedIsNotRepeated) {
  const Ran ran = RunFor(35, [](int64_t now_ns) {
    return ScriptedTransport::Reaction{now_ns < 15 * kSecond ? Answer(400) : Answer(200)};
  });
  EXPECT_EQ(ran.sent.size(), 4u);
  EXPECT_EQ(Failures(ran, PushFailure::kRejected), 1u);
  EXPECT_EQ(ran.counts->data_points_dropped(), kPointsPerPush);
}

TEST(PushLoop, ASlowReceiverHoldsNoCollectionUp) {
  // Each answer takes three of the ten seconds between two collections.
  const Ran ran = RunFor(100, [](int64_t) { return ScriptedTransport::Reaction{Answer(200), 3 * kSecond}; });
  EXPECT_EQ(ran.collected, 10u);
  for (size_t i = 0; i + 1 < ran.sent.size(); ++i) EXPECT_EQ(ran.sent[i].at_ns % (10 * kSecond), 0);
}

TEST(PushLoop, AnAttemptEndsWithItsTimeOut) {
  const Ran ran = RunFor(25, [](int64_t now_ns) {
    return ScriptedTransport::Reaction{Answer(200), now_ns < 15 * kSecond ? 1000 * kSecond : kSecond};
  });
  ASSERT_GE(ran.sent.size(), 2u);
  EXPECT_EQ(ran.sent[1].at_ns, ran.sent[0].at_ns + 4 * kSecond + kSecond) << "the time-out, and the first wait";
  EXPECT_EQ(Failures(ran, PushFailure::kTimeout), 1u);
}

TEST(PushLoop, AnAgentThatStopsDoesNotLingerForAReceiverThatIsAway) {
  const Ran ran = RunFor(35, [](int64_t) { return ScriptedTransport::Reaction{absl::UnavailableError("refused")}; });
  EXPECT_LT(ran.end_ns, 36 * kSecond);
  EXPECT_EQ(ran.counts->data_points_dropped(), ran.collected * kPointsPerPush);
}

TEST(PushLoop, AtTheEndAPauseThatWasAskedForIsKept) {
  const Ran ran = RunFor(35, [](int64_t) { return ScriptedTransport::Reaction{Answer(429, 500)}; });
  EXPECT_EQ(ran.sent.size(), 1u);
  EXPECT_EQ(ran.end_ns, 35 * kSecond);
}

// The first push, at 10 s, is answered with a pause until 22.01 s. The collections at `slow_from` seconds and later
// take five seconds each. Stops at `stop_at` seconds.
struct Stopped {
  size_t sent;       // requests after the first
  uint64_t dropped;  // requests
};
Stopped StopAfterPause(int64_t slow_from, int64_t stop_at) {
  HandMovedClock clock;
  StopSignal stop;
  ScriptedTransport transport(&clock, &stop, stop_at * kSecond, [](int64_t now_ns) {
    return ScriptedTransport::Reaction{now_ns < 15 * kSecond ? Answer(503, 12) : Answer(200)};
  });
  PushLoopOptions options;
  options.interval_ns = 10 * kSecond;
  options.export_timeout_ns = 6 * kSecond;
  options.queue.random = [] { return 0.5; };
  const PushCounts counts;
  PushLoop loop(
      options, counts.metrics(),
      [&] {
        if (clock.SteadyNanoseconds() >= slow_from * kSecond) clock.Move(5 * kSecond);
        return std::vector<OtlpRequest>{{"push", kPointsPerPush}};
      },
      &transport, &clock);
  loop.Run(stop);
  return {transport.sent.size() - 1, counts.data_points_dropped() / kPointsPerPush};
}

TEST(PushLoop, AtTheEndAPauseThatIsOverHoldsNothingUp) {
  const Stopped before = StopAfterPause(/*slow_from=*/20, /*stop_at=*/23);
  EXPECT_EQ(before.sent, 3u) << "the pause ended during a collection before the stop";
  EXPECT_EQ(before.dropped, 0u);
  const Stopped last = StopAfterPause(/*slow_from=*/18, /*stop_at=*/18);
  EXPECT_EQ(last.sent, 2u) << "the pause ended during the last collection";
  EXPECT_EQ(last.dropped, 0u);
  const Stopped quick = StopAfterPause(/*slow_from=*/100, /*stop_at=*/22);
  EXPECT_EQ(quick.sent, 0u) << "the pause is not over";
  EXPECT_EQ(quick.dropped, 3u);
}

TEST(PushLoop, TheLastPushTakesNoLongerThanItsTimeOut) {
  const Ran ran = RunFor(35, [](int64_t now_ns) {
    return ScriptedTransport::Reaction{Answer(200), now_ns < 30 * kSecond ? kSecond : 3900000000};
  });
  // The push at 30 s ends at 33.9 s. The last push begins at 35 s and may take 6 s.
  EXPECT_EQ(ran.counts->pushes(), ran.collected);
  EXPECT_LE(ran.end_ns, 41 * kSecond);

  // The request that is being sent when the agent is told to stop, and the queued ones, share the six seconds.
  const Ran slow = RunFor(31, [](int64_t) { return ScriptedTransport::Reaction{Answer(200), 3900000000}; });
  EXPECT_LE(slow.end_ns, 37 * kSecond);
  EXPECT_EQ(slow.sent.back().body, "push 4");
  EXPECT_EQ(slow.counts->data_points_dropped(), kPointsPerPush) << "it had begun at 33.9 s, and needed until 37.8 s";
  EXPECT_EQ(slow.cancelled, 0) << "its own time-out was cut";
}

TEST(PushLoop, TheLastPushEndsAtTheDeadlineInHaste) {
  HandMovedClock clock;
  clock.Move(SystemClock().SteadyNanoseconds());
  StopSignal stop;
  stop.Stop();
  Haste haste;
  haste.Begin();
  ScriptedTransport transport(&clock, &stop, 0, [](int64_t) {
    return ScriptedTransport::Reaction{Answer(200), 100 * kSecond};
  });
  PushLoopOptions options;
  options.export_timeout_ns = 30 * kSecond;
  options.haste = &haste;
  options.queue.random = [] { return 0.5; };
  const PushCounts counts;
  PushLoop loop(
      options, counts.metrics(),
      [] {
        return std::vector<OtlpRequest>{{"last", kPointsPerPush}};
      },
      &transport, &clock);
  loop.Run(stop);
  EXPECT_EQ(transport.sent.size(), 1u);
  EXPECT_EQ(clock.SteadyNanoseconds(), haste.deadline_ns());
  EXPECT_EQ(counts.data_points_dropped(), kPointsPerPush);
}

TEST(PushLoop, IntervalsThatPassedAreLeftOut) {
  HandMovedClock clock;
  StopSignal stop;
  ScriptedTransport transport(&clock, &stop, 100 * kSecond,
                              [](int64_t) { return ScriptedTransport::Reaction{Answer(200)}; });
  PushLoopOptions options;
  options.interval_ns = 10 * kSecond;
  options.queue.random = [] { return 0.5; };
  int collected = 0;
  const PushCounts counts;
  PushLoop loop(
      options, counts.metrics(),
      [&] {
        clock.Move(25 * kSecond);  // the machine was asleep
        ++collected;
        return std::vector<OtlpRequest>();
      },
      &transport, &clock);
  loop.Run(stop);
  EXPECT_LE(collected, 5);
  EXPECT_GE(collected, 4);
}

}  // namespace
}  // namespace tcpgauge
