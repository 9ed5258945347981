#include "src/snapshot/snapshot_hub.h"

#include <memory>
#include <thread>
#include <vector>

#include "gtest/gtest.h"
#include "tests/support/hand_moved_clock.h"

namespace tcpgauge {
namespace {

constexpr int64_t kMaxAgeNs = 1000;
constexpr int64_t kForEverNs = 3600 * kNanosecondsPerSecond;

std::shared_ptr<const Snapshot> Begun(int64_t begun_ns) {
  auto snapshot = std::make_shared<Snapshot>();
  snapshot->begun_ns = begun_ns;
  return snapshot;
}

TEST(SnapshotHub, HasAnEmptySnapshotFirst) {
  const SnapshotHub hub;
  EXPECT_EQ(hub.Current()->sequence, 0);
  EXPECT_EQ(hub.Fresh(), hub.Current()) << "there is nobody to ask";
}

TEST(SnapshotHub, AsksForNothingWhileWhatIsThereIsNew) {
  HandMovedClock clock;
  clock.Move(5000);
  SnapshotHub hub(
      &clock, kMaxAgeNs, [](int64_t) { FAIL() << "asked"; }, kForEverNs);
  const auto snapshot = Begun(4000);
  hub.Publish(snapshot);
  EXPECT_EQ(hub.Fresh(), snapshot);
  hub.Publish(Begun(INT64_MAX));
  clock.Move(kForEverNs);
  EXPECT_EQ(hub.Fresh()->begun_ns, INT64_MAX) << "nothing newer will come";
}

TEST(SnapshotHub, WaitsForWhatItAskedFor) {
  HandMovedClock clock;
  clock.Move(5001);
  std::vector<int64_t> asked;
  std::thread publisher;
  SnapshotHub* answering = nullptr;
  SnapshotHub hub(
      &clock, kMaxAgeNs,
      [&](int64_t begun_since_ns) {
        asked.push_back(begun_since_ns);
        publisher = std::thread([&] {
          answering->Publish(Begun(4000));  // of a pass that was under way
          answering->Publish(Begun(4001));
        });
      },
      kForEverNs);
  answering = &hub;
  hub.Publish(Begun(3000));
  EXPECT_EQ(hub.Fresh()->begun_ns, 4001);
  EXPECT_EQ(asked, std::vector<int64_t>({4001}));
  publisher.join();
}

TEST(SnapshotHub, GivesWhatIsThereWhenNobodyAnswers) {
  HandMovedClock clock;
  clock.Move(5000);
  int asked = 0;
  SnapshotHub hub(
      &clock, kMaxAgeNs, [&](int64_t) { ++asked; }, /*longest_wait_ns=*/1);
  EXPECT_EQ(hub.Fresh()->sequence, 0);
  const auto old = Begun(1);
  hub.Publish(old);
  EXPECT_EQ(hub.Fresh(), old);
  EXPECT_EQ(asked, 2) << "each reader asks again";
}

}  // namespace
}  // namespace tcpgauge
