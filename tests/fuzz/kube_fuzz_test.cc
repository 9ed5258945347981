// SPDX-License-Identifier: Apache-2.0
// Replays inputs of the fuzz target of the client of the Kubernetes API: the seeds, small changes of them, and inputs
// that once failed.
#include "gtest/gtest.h"
#include "tests/fuzz/kube_seeds.h"
#include "tests/fuzz/replay.h"

namespace tcpgauge {
namespace {

TEST(KubeFuzz, HoldsOnSeedsAndTheirMutations) { ReplayChanges(KubeSeeds()); }

}  // namespace
}  // namespace tcpgauge
