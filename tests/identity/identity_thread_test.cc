// SPDX-License-Identifier: Apache-2.0
#include "src/identity/identity_thread.h"

#include <memory>
#include <vector>

#include "gtest/gtest.h"

namespace tcpgauge {
namespace {

TEST(PauseAfterRound, IsFiftyTimesTheRoundAndAtLeastFiveSeconds) {
  EXPECT_EQ(PauseAfterRound(0), 5 * kNanosecondsPerSecond);
  EXPECT_EQ(PauseAfterRound(100 * kNanosecondsPerMillisecond), 5 * kNanosecondsPerSecond);
  EXPECT_EQ(PauseAfterRound(kNanosecondsPerSecond), 50 * kNanosecondsPerSecond);
}

TEST(IdentityThread, EndsInItsPause) {
  IdentityHub hub;
  IdentityMaker maker(std::vector<std::unique_ptr<IdentitySource>>(),
                      {100, &SystemClock(), &hub, [](std::shared_ptr<const IdentityMap>) {}});
  maker.Round();
  IdentityThread thread(&maker);
}

}  // namespace
}  // namespace tcpgauge
