// SPDX-License-Identifier: Apache-2.0
#include "src/base/patience.h"

#include <gtest/gtest.h>
#include <poll.h>

#include "src/base/clock.h"
#include "src/base/haste.h"
#include "tests/support/hand_moved_clock.h"

namespace tcpgauge {
namespace {

// A clock that agrees with the one that Haste uses.
class PatienceTest : public ::testing::Test {
 protected:
  PatienceTest() { clock_.Move(SystemClock().SteadyNanoseconds()); }

  HandMovedClock clock_;
  Haste haste_;
  Patience patience_{&clock_, &haste_};
};

TEST_F(PatienceTest, HasNoLimitWhileTheProcessRuns) {
  clock_.Move(1000 * Patience::kStallNs);
  EXPECT_EQ(patience_.LeftNs(), Patience::kNoLimit);
}

TEST_F(PatienceTest, GivesAReaderUpThatStopsWhileTheProcessEnds) {
  patience_.NoteProgress();
  clock_.Move(1000 * Patience::kStallNs);
  patience_.BeginEnd();
  EXPECT_EQ(patience_.LeftNs(), Patience::kStallNs) << "the time before the end does not count";
  clock_.Move(Patience::kStallNs - 1);
  patience_.BeginEnd();
  EXPECT_EQ(patience_.LeftNs(), 1) << "only the first call counts";
  clock_.Move(1);
  EXPECT_EQ(patience_.LeftNs(), 0);
}

TEST_F(PatienceTest, LastsWhileTheReaderMakesProgress) {
  patience_.BeginEnd();
  for (int i = 0; i < 100; ++i) {
    clock_.Move(Patience::kStallNs - 1);
    EXPECT_EQ(patience_.LeftNs(), 1);
    patience_.NoteProgress();
    EXPECT_EQ(patience_.LeftNs(), Patience::kStallNs);
  }
}

TEST_F(PatienceTest, EndsAtTheDeadlineInHasteThoughTheReaderMakesProgress) {
  patience_.BeginEnd();
  EXPECT_TRUE(haste_.Begin());
  EXPECT_FALSE(haste_.Begin()) << "a second signal does not put the deadline off";
  EXPECT_LE(clock_.SteadyNanoseconds() + Haste::kWorkNs, haste_.deadline_ns());
  clock_.Move(haste_.deadline_ns() - clock_.SteadyNanoseconds() - 1);
  patience_.NoteProgress();
  EXPECT_EQ(patience_.LeftNs(), 1);
  clock_.Move(1);
  patience_.NoteProgress();
  EXPECT_EQ(patience_.LeftNs(), 0);
}

TEST(Haste, MakesItsDescriptorReadable) {
  Haste haste;
  pollfd entry = {haste.fd(), POLLIN, 0};
  EXPECT_EQ(poll(&entry, 1, 0), 0);
  EXPECT_FALSE(haste.begun());
  haste.Begin();
  EXPECT_EQ(poll(&entry, 1, 0), 1);
  EXPECT_TRUE(haste.begun());
}

}  // namespace
}  // namespace tcpgauge
