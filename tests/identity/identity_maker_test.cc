// SPDX-License-Identifier: Apache-2.0
#include "src/identity/identity_maker.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "src/base/time_units.h"
#include "src/naming/listener_queue.h"
#include "tests/support/hand_moved_clock.h"

namespace tcpgauge {
namespace {

const Endpoint kServer = {*IpAddress::Parse("192.0.2.1"), 80};
const Endpoint kClient = {*IpAddress::Parse("192.0.2.1"), 40000};

// Says what the test sets.
class FakeSource final : public IdentitySource {
 public:
  FakeSource(std::string_view name, HandMovedClock* clock) : name_(name), clock_(clock) {}
  void AddTo(IdentityDraft* draft) override {
    clock_->Move(takes_ns);
    draft->AddSharedAddress(kServer.address);
    ListenerQueue queue;
    queue.endpoint = kServer;
    queue.connections = queued;
    if (has_listener) draft->AddListener(queue, listener_group);
    draft->AddSocket(kClient, 11, cookie);
    draft->AddGroup(11, {"", "", unit});
  }
  std::string_view name() const override { return name_; }
  bool is_up() const override { return is_up_now; }
  bool is_missed() const override { return is_missed_now; }

  bool is_up_now = true;
  bool is_missed_now = true;
  bool has_listener = true;
  uint64_t listener_group = 11;  // any other one is unknown
  std::string unit = "a.service";
  uint64_t queued = 0;
  uint64_t cookie = 1;
  int64_t takes_ns = 0;

 private:
  const std::string_view name_;
  HandMovedClock* const clock_;
};

class IdentityMakerTest : public testing::Test {
 protected:
  std::unique_ptr<IdentityMaker> Make(size_t max_endpoints = 100) {
    IdentityMaker::Options options;
    options.sources = {&source_};
    options.max_endpoints = max_endpoints;
    options.clock = &clock_;
    options.hub = &hub_;
    options.post = [this](std::shared_ptr<const IdentityMap> map) { posted_.push_back(std::move(map)); };
    options.add_counters = [](IdentityCounters* counters) { counters->events = 7; };
    return std::make_unique<IdentityMaker>(std::move(options));
  }

  HandMovedClock clock_;
  IdentityHub hub_;
  std::vector<std::shared_ptr<const IdentityMap>> posted_;
  FakeSource source_{"sockets", &clock_};
};

TEST_F(IdentityMakerTest, PublishesTheFirstMap) {
  const auto maker = Make();
  maker->Round();
  ASSERT_EQ(posted_.size(), 1u);
  EXPECT_EQ(hub_.Current(), posted_[0]);
  EXPECT_EQ(posted_[0]->Find(kClient)->identity.workload, "a.service");
}

TEST_F(IdentityMakerTest, PublishesNoMapThatIsLikeTheLastOne) {
  const auto maker = Make();
  maker->Round();
  maker->Round();
  EXPECT_EQ(posted_.size(), 1u);
  EXPECT_EQ(hub_.Current(), posted_[0]);
}

TEST_F(IdentityMakerTest, LogsASourceThatIsDownForTwoRoundsOnce) {
  const auto maker = Make();
  const auto log_of_round = [&] {
    testing::internal::CaptureStderr();
    maker->Round();
    return testing::internal::GetCapturedStderr();
  };
  EXPECT_EQ(log_of_round(), "");
  source_.is_up_now = false;
  EXPECT_EQ(log_of_round(), "") << "by chance";
  source_.is_up_now = true;
  EXPECT_EQ(log_of_round(), "");
  source_.is_up_now = false;
  EXPECT_EQ(log_of_round(), "");
  const std::string warning = log_of_round();
  EXPECT_THAT(warning, testing::HasSubstr("level=warn"));
  EXPECT_THAT(warning, testing::HasSubstr("source=sockets"));
  EXPECT_EQ(log_of_round(), "");
  source_.is_up_now = true;
  EXPECT_THAT(log_of_round(), testing::HasSubstr("level=info"));
  EXPECT_EQ(log_of_round(), "");
}

TEST_F(IdentityMakerTest, LogsNothingOfASourceThatThisHostHasNot) {
  const auto maker = Make();
  source_.is_up_now = source_.is_missed_now = false;
  testing::internal::CaptureStderr();
  for (int i = 0; i < 5; ++i) maker->Round();
  source_.is_up_now = source_.is_missed_now = true;
  maker->Round();
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

TEST_F(IdentityMakerTest, PublishesAChange) {
  const auto maker = Make();
  maker->Round();
  source_.unit = "b.service";
  maker->Round();
  ASSERT_EQ(posted_.size(), 2u);
  EXPECT_EQ(hub_.Current()->Find(kClient)->identity.workload, "b.service");
}

TEST_F(IdentityMakerTest, TellsWorkersWhatAMapHasLost) {
  const auto maker = Make();
  maker->Round();
  EXPECT_EQ(posted_[0]->former.lock(), nullptr) << "there is none before";
  source_.queued = 5;
  maker->Round();
  source_.has_listener = false;
  maker->Round();
  ASSERT_EQ(posted_.size(), 2u);
  EXPECT_EQ(posted_[1]->former.lock(), posted_[0]) << "what workers have, not what the hub had";
  ASSERT_EQ(posted_[1]->lost.servers.size(), 1u);
  EXPECT_EQ(posted_[1]->lost.servers[0].endpoint, kServer);
  EXPECT_EQ(posted_[1]->lost.servers[0].identity.lock()->identity.workload, "a.service");
}

TEST_F(IdentityMakerTest, PublishesThatAnotherSocketHasTheEndpoint) {
  const auto maker = Make();
  maker->Round();
  source_.cookie = 2;
  maker->Round();
  EXPECT_EQ(posted_.size(), 2u);
}

// The workers must not take a program that they do not know for its predecessor on the port.
TEST_F(IdentityMakerTest, TellsWorkersOfAListenerWithoutAName) {
  const auto maker = Make();
  source_.has_listener = false;
  maker->Round();
  source_.has_listener = true;
  for (const uint64_t unknown_group : {12, 13}) {
    source_.listener_group = unknown_group;
    maker->Round();
  }
  ASSERT_EQ(posted_.size(), 3u);
  EXPECT_EQ(posted_[2]->Find(kServer), nullptr);
}

TEST_F(IdentityMakerTest, SendsAMapWithOtherQueuesToTheHubAlone) {
  const auto maker = Make();
  maker->Round();
  source_.queued = 5;
  maker->Round();
  EXPECT_EQ(posted_.size(), 1u);
  ASSERT_EQ(hub_.Current()->listener_queues.size(), 1u);
  EXPECT_EQ(hub_.Current()->listener_queues[0].connections, 5u);
  maker->Round();
  EXPECT_EQ(posted_.size(), 1u) << "compared with the map of the hub";
}

TEST_F(IdentityMakerTest, KeepsTheMapThatWorkersHadUntilTheNextRound) {
  const auto maker = Make();
  maker->Round();
  const std::weak_ptr<const IdentityMap> first = posted_[0];
  source_.unit = "b.service";
  maker->Round();
  source_.queued = 5;
  posted_.clear();  // the worker has the second map, so that the first one has no other user
  EXPECT_FALSE(first.expired()) << "a worker would destroy it";
  const std::weak_ptr<const IdentityMap> second = hub_.Current();
  maker->Round();
  EXPECT_TRUE(first.expired());
  EXPECT_FALSE(second.expired()) << "workers have it, though the hub has a later one";
}

TEST_F(IdentityMakerTest, CountsWhatItDoes) {
  const auto maker = Make(1);
  EXPECT_TRUE(hub_.counters().sources.empty());
  maker->Round();
  source_.is_up_now = false;
  maker->Round();
  const IdentityCounters counters = hub_.counters();
  ASSERT_EQ(counters.sources.size(), 1u);
  EXPECT_EQ(counters.sources[0].name, "sockets");
  EXPECT_FALSE(counters.sources[0].is_up);
  EXPECT_EQ(counters.endpoints, 1u);
  EXPECT_EQ(counters.events, 7u);
  ASSERT_EQ(counters.overflows.size(), 1u);
  EXPECT_EQ(counters.overflows[0].count, 2u) << "the client, in each of two rounds";
}

TEST_F(IdentityMakerTest, TellsHowLongARoundTook) {
  const auto maker = Make();
  source_.takes_ns = 3 * kNanosecondsPerMillisecond;
  maker->Round();
  EXPECT_EQ(maker->last_round_ns(), 3 * kNanosecondsPerMillisecond);
}

}  // namespace
}  // namespace tcpgauge
