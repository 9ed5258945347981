// SPDX-License-Identifier: Apache-2.0
// Replays inputs of the fuzz target of the head of a request: the seeds, small changes of them, and inputs that once
// failed.
#include "gtest/gtest.h"
#include "tests/fuzz/replay.h"
#include "tests/fuzz/request_head_seeds.h"

namespace tcpgauge {
namespace {

TEST(RequestHeadFuzz, HoldsOnSeedsAndTheirMutations) { ReplayChanges(RequestHeadSeeds()); }

}  // namespace
}  // namespace tcpgauge
