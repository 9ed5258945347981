// SPDX-License-Identifier: Apache-2.0
// Replays inputs of the decoder's fuzz target: the seeds, small changes of them, and inputs that once failed.
#include "gtest/gtest.h"
#include "tests/fuzz/decode_seeds.h"
#include "tests/fuzz/replay.h"

namespace tcpgauge {
namespace {

TEST(DecodeFuzz, HoldsOnSeedsAndTheirMutations) { ReplayChanges(DecodeSeeds()); }

TEST(DecodeFuzz, HoldsOnWhatOnceBrokeIt) { ReplayFolder("tests/fuzz/regressions/decode"); }

}  // namespace
}  // namespace tcpgauge
