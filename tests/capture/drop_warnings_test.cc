// SPDX-License-Identifier: Apache-2.0
#include "src/capture/drop_warnings.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "tests/support/hand_moved_clock.h"

namespace tcpgauge {
namespace {

using Warning = std::pair<std::string, uint64_t>;

class DropWarningsTest : public testing::Test {
 protected:
  HandMovedClock clock_;
  std::vector<Warning> warnings_;
  DropWarnings drops_{
      &clock_, [this](const std::string& interface, uint64_t packets) { warnings_.emplace_back(interface, packets); }};
};

TEST_F(DropWarningsTest, TellsTheFirstAtOnceAndTheRestOnceAMinute) {
  drops_.Add("eth0", 0);
  EXPECT_TRUE(warnings_.empty());
  drops_.Add("eth0", 7);
  EXPECT_EQ(warnings_, std::vector<Warning>({{"eth0", 7}}));
  for (int half_seconds = 0; half_seconds < 119; ++half_seconds) {
    clock_.Move(kNanosecondsPerSecond / 2);
    drops_.Add("eth0", 2);
  }
  EXPECT_EQ(warnings_.size(), 1u);
  clock_.Move(kNanosecondsPerSecond / 2);
  drops_.Add("eth0", 0);  // the minute is over, so the held-back packets are reported
  EXPECT_EQ(warnings_.back(), Warning("eth0", 238));
  clock_.Move(100 * kNanosecondsPerSecond);
  drops_.Add("eth0", 0);
  EXPECT_EQ(warnings_.size(), 2u);
}

TEST_F(DropWarningsTest, KnowsInterfacesApart) {
  drops_.Add("eth0", 1);
  drops_.Add("eth1", 2);
  drops_.Add("eth0", 3);
  EXPECT_EQ(warnings_, std::vector<Warning>({{"eth0", 1}, {"eth1", 2}}));
}

TEST_F(DropWarningsTest, InterfacesBeyondTheBoundAreOne) {
  for (size_t i = 0; i < DropWarnings::kMaxNames; ++i) drops_.Add("veth" + std::to_string(i), 1);
  drops_.Add("late0", 5);
  EXPECT_EQ(warnings_.back(), Warning("other", 5));
  drops_.Add("veth7", 0);
  EXPECT_EQ(warnings_.size(), DropWarnings::kMaxNames + 1);
}

}  // namespace
}  // namespace tcpgauge
