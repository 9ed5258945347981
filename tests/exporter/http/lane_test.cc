// SPDX-License-Identifier: Apache-2.0
#include "exporter/http/lane.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "absl/synchronization/notification.h"

namespace tcpgauge {
namespace {

using testing::ElementsAre;

// A lane of one thread, whose first job waits, so that a test can queue jobs behind it.
class LaneTest : public testing::Test {
 protected:
  LaneTest() {
    lane_.Add("first", false, [this] {
      began_.Notify();
      may_go_on_.WaitForNotification();
    });
    began_.WaitForNotification();
  }

  void Add(const std::string& client, const std::string& name, bool urgent = false) {
    lane_.Add(client, urgent, [this, name] { done_.push_back(name); });
  }

  // Lets all jobs run, and returns their names in the order in which they ran.
  std::vector<std::string> RunAll() {
    may_go_on_.Notify();
    while (lane_.count() > 0) std::this_thread::yield();
    return done_;
  }

  std::vector<std::string> done_;  // only the lane's thread uses it
  absl::Notification began_, may_go_on_;
  Lane lane_{"test", 1};
};

TEST_F(LaneTest, ClientsTakeTurns) {
  for (const std::string name : {"a1", "a2", "a3"}) Add("a", name);
  Add("b", "b1");
  Add("c", "c1");
  Add("c", "c2");
  EXPECT_EQ(lane_.CountOf("a"), 3u);
  EXPECT_EQ(lane_.CountOf("b"), 1u);
  EXPECT_EQ(lane_.CountOf("nobody"), 0u);
  EXPECT_EQ(lane_.count(), 7u);
  EXPECT_THAT(RunAll(), ElementsAre("a1", "b1", "c1", "a2", "c2", "a3"));
}

TEST_F(LaneTest, UrgentJobsComeBeforeTheOthersOfTheirClient) {
  Add("a", "late");
  Add("a", "urgent", true);
  Add("a", "urgent too", true);
  EXPECT_THAT(RunAll(), ElementsAre("urgent", "urgent too", "late"));
}

TEST_F(LaneTest, StopDropsTheJobsThatWait) {
  Add("a", "never");
  std::thread stopper([this] { lane_.Stop(); });
  // A job that is added after the stop began is dropped at once.
  size_t before;
  do {
    before = lane_.count();
    Add("b", "never");
  } while (lane_.count() > before);
  may_go_on_.Notify();
  stopper.join();
  EXPECT_THAT(done_, testing::IsEmpty());
  lane_.Stop();
}

TEST(Lane, CountsAJobUntilItHasEnded) {
  Lane lane("test", 2);
  absl::Notification began, may_end;
  lane.Add("a", false, [&] {
    began.Notify();
    may_end.WaitForNotification();
  });
  began.WaitForNotification();
  EXPECT_EQ(lane.CountOf("a"), 1u);
  may_end.Notify();
  while (lane.count() > 0) {
  }
  EXPECT_EQ(lane.CountOf("a"), 0u);
}

TEST(Lane, RunsAsManyJobsAtATimeAsItHasThreads) {
  Lane lane("test", 3);
  std::atomic<int> running{0};
  absl::Notification all_run;
  for (int i = 0; i < 3; ++i) {
    lane.Add("a", false, [&] {
      if (++running == 3) all_run.Notify();
      all_run.WaitForNotification();
    });
  }
  all_run.WaitForNotification();
}

}  // namespace
}  // namespace tcpgauge
