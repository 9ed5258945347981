// SPDX-License-Identifier: Apache-2.0
// Replays inputs of the fuzz target of an attached view: the seeds, small changes of them, and inputs that once failed.
#include "gtest/gtest.h"
#include "tests/fuzz/attach_seeds.h"
#include "tests/fuzz/replay.h"

namespace tcpgauge {
namespace {

TEST(AttachFuzz, HoldsOnSeedsAndTheirMutations) { ReplayChanges(AttachSeeds()); }

}  // namespace
}  // namespace tcpgauge
