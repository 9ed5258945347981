// SPDX-License-Identifier: Apache-2.0
// Replays inputs of the fuzz target of the readers of capture files: the seeds, small changes of them, and inputs that
// once failed.
#include "gtest/gtest.h"
#include "tests/fuzz/pcapng_seeds.h"
#include "tests/fuzz/replay.h"

namespace tcpgauge {
namespace {

TEST(PcapngFuzz, HoldsOnSeedsAndTheirMutations) { ReplayChanges(PcapngSeeds()); }

TEST(PcapngFuzz, HoldsOnWhatOnceBrokeIt) { ReplayFolder("tests/fuzz/regressions/pcapng"); }

}  // namespace
}  // namespace tcpgauge
