// SPDX-License-Identifier: Apache-2.0
#include "src/snapshot/snapshot_hub.h"

#include <memory>
#include <thread>
#include <vector>

#include "gtest/gtest.h"
#include "src/snapshot/listed_rows.h"
#include "tests/support/hand_moved_clock.h"

namespace tcpgauge {
namespace {

constexpr int64_t kTickNs = 1000;
constexpr int64_t kForEverNs = 3600 * kNanosecondsPerSecond;

std::shared_ptr<const Snapshot> Begun(int64_t begun_ns) {
  auto snapshot = std::make_shared<Snapshot>();
  snapshot->begun_ns = begun_ns;
  return snapshot;
}

TEST(SnapshotHub, HasAnEmptySnapshotFirst) {
  const SnapshotHub hub;
  EXPECT_EQ(hub.Current()->sequence, 0);
  EXPECT_EQ(hub.Fresh(ListedRows::kAll), hub.Current()) << "there is nobody to ask";
}

TEST(SnapshotHub, AsksForNothingWhileWhatIsThereIsNew) {
  HandMovedClock clock;
  clock.Move(5999);
  SnapshotHub hub(
      &clock, kTickNs, [](int64_t, ListedRows) { FAIL() << "asked"; }, kForEverNs);
  const auto snapshot = Begun(5000);
  hub.Publish(snapshot);
  EXPECT_EQ(hub.Fresh(ListedRows::kAll), snapshot);
  hub.Publish(Begun(INT64_MAX));
  clock.Move(kForEverNs);
  EXPECT_EQ(hub.Fresh(ListedRows::kAll)->begun_ns, INT64_MAX) << "nothing newer will come";
}

TEST(SnapshotHub, WaitsForWhatItAskedFor) {
  HandMovedClock clock;
  clock.Move(5900);
  std::vector<int64_t> asked;
  std::thread publisher;
  SnapshotHub* answering = nullptr;
  SnapshotHub hub(
      &clock, kTickNs,
      [&](int64_t begun_since_ns, ListedRows) {
        asked.push_back(begun_since_ns);
        publisher = std::thread([&] {
          answering->Publish(Begun(4999));  // from a pass that began before the request
          answering->Publish(Begun(5910));
        });
      },
      kForEverNs);
  answering = &hub;
  hub.Publish(Begun(4990));
  EXPECT_EQ(hub.Fresh(ListedRows::kAll)->begun_ns, 5910);
  EXPECT_EQ(asked, std::vector<int64_t>({5000}));
  publisher.join();
}

TEST(SnapshotHub, WhoComesEachTickSeesSomethingNewEachTime) {
  HandMovedClock clock;
  clock.Move(5300);
  SnapshotHub hub(
      &clock, kTickNs, [](int64_t, ListedRows) {}, /*longest_wait_ns=*/1);
  for (int i = 0; i < 5; ++i) {
    const auto seen = hub.Current();
    (void)hub.Fresh(ListedRows::kAll);
    hub.Publish(Begun(clock.SteadyNanoseconds() + 7));  // the pass begins a moment after the request
    EXPECT_NE(hub.Fresh(ListedRows::kAll), seen);
    EXPECT_GE(hub.Fresh(ListedRows::kAll)->begun_ns, clock.SteadyNanoseconds()) << i;
    clock.Move(kTickNs);
  }
}

TEST(SnapshotHub, StopsWaitingWhenItMust) {
  HandMovedClock clock;
  clock.Move(5300);
  SnapshotHub hub(
      &clock, kTickNs, [](int64_t, ListedRows) {}, kForEverNs);
  const auto snapshot = Begun(4990);
  hub.Publish(snapshot);
  int calls = 0;
  EXPECT_EQ(hub.Fresh(ListedRows::kAll, [&calls] { return ++calls == 3; }), snapshot);
  EXPECT_EQ(calls, 3);
}

TEST(SnapshotHub, GivesWhatIsThereWhenNobodyAnswers) {
  HandMovedClock clock;
  clock.Move(5000);
  int asked = 0;
  SnapshotHub hub(
      &clock, kTickNs, [&](int64_t, ListedRows) { ++asked; }, /*longest_wait_ns=*/1);
  EXPECT_EQ(hub.Fresh(ListedRows::kAll)->sequence, 0);
  const auto old = Begun(1);
  hub.Publish(old);
  EXPECT_EQ(hub.Fresh(ListedRows::kAll), old);
  EXPECT_EQ(asked, 2) << "each reader asks again";
}

std::shared_ptr<const Snapshot> BegunWith(int64_t begun_ns, ListedRows listed_rows) {
  auto snapshot = std::make_shared<Snapshot>();
  snapshot->begun_ns = begun_ns;
  snapshot->listed_rows = listed_rows;
  return snapshot;
}

TEST(SnapshotHub, WhoNeedsAllRowsNeverGetsFew) {
  HandMovedClock clock;
  clock.Move(5300);
  std::vector<ListedRows> asked;
  SnapshotHub* answering = nullptr;
  std::thread publisher;
  SnapshotHub hub(
      &clock, kTickNs,
      [&](int64_t, ListedRows rows) {
        asked.push_back(rows);
        publisher = std::thread([&] {
          answering->Publish(BegunWith(5400, ListedRows::kAll));
          answering->Publish(BegunWith(5500, ListedRows::kFew));  // perhaps before the reader wakes up
        });
      },
      kForEverNs);
  answering = &hub;
  hub.Publish(BegunWith(5310, ListedRows::kFew));
  EXPECT_EQ(hub.Fresh(ListedRows::kFew)->begun_ns, 5310);
  EXPECT_EQ(hub.Fresh(ListedRows::kAll)->begun_ns, 5400);
  publisher.join();
  EXPECT_EQ(asked, std::vector<ListedRows>({ListedRows::kAll}));
  EXPECT_EQ(hub.Fresh(ListedRows::kAll)->begun_ns, 5400) << "it is fresh as long as the tick";
  EXPECT_EQ(hub.Fresh(ListedRows::kFew)->begun_ns, 5500);
}

TEST(SnapshotHub, AllRowsThatNobodyNeedsAreGivenUp) {
  HandMovedClock clock;
  SnapshotHub hub(
      &clock, kTickNs, [](int64_t, ListedRows) {}, /*longest_wait_ns=*/1);
  std::weak_ptr<const Snapshot> all;
  {
    const auto snapshot = BegunWith(1, ListedRows::kAll);
    all = snapshot;
    hub.Publish(snapshot);
  }
  hub.Publish(BegunWith(SnapshotHub::kAllKeptNs, ListedRows::kFew));
  EXPECT_FALSE(all.expired());
  hub.Publish(BegunWith(SnapshotHub::kAllKeptNs + 2, ListedRows::kFew));
  EXPECT_TRUE(all.expired());
}

}  // namespace
}  // namespace tcpgauge
