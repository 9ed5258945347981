// SPDX-License-Identifier: Apache-2.0
#include "src/identity/identity_thread.h"

#include <memory>
#include <utility>

#include "gtest/gtest.h"
#include "src/base/clock.h"
#include "src/naming/identity_hub.h"
#include "src/naming/identity_map.h"

namespace tcpgauge {
namespace {

TEST(PauseAfterRound, IsFiftyTimesTheRoundAndAtLeastFiveSeconds) {
  EXPECT_EQ(PauseAfterRound(0), 5 * kNanosecondsPerSecond);
  EXPECT_EQ(PauseAfterRound(100 * kNanosecondsPerMillisecond), 5 * kNanosecondsPerSecond);
  EXPECT_EQ(PauseAfterRound(kNanosecondsPerSecond), 50 * kNanosecondsPerSecond);
}

TEST(IdentityThread, EndsInItsPause) {
  IdentityHub hub;
  IdentityMaker::Options options;
  options.clock = &SystemClock();
  options.hub = &hub;
  options.post = [](std::shared_ptr<const IdentityMap>) {};
  IdentityMaker maker(std::move(options));
  maker.Round();
  IdentityThread thread(&maker);
}

}  // namespace
}  // namespace tcpgauge
