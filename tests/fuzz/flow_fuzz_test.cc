// SPDX-License-Identifier: Apache-2.0
// Replays inputs of the connection table's fuzz target: the seeds, small changes of them, inputs that reached new code
// while fuzzing, and inputs that once failed.
#include <cstdint>
#include <filesystem>
#include <random>
#include <vector>

#include "gtest/gtest.h"
#include "tests/fuzz/flow_seeds.h"
#include "tests/fuzz/replay.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace tcpgauge {
namespace {

TEST(FlowFuzz, HoldsOnSeedsAndTheirMutations) {
  std::mt19937 random(1);
  const auto below = [&random](size_t bound) { return static_cast<size_t>(random() % bound); };
  const auto seeds = FlowSeeds();
  for (const auto& seed : seeds) {
    LLVMFuzzerTestOneInput(seed.data(), seed.size());
    for (int i = 0; i < 300; ++i) {
      std::vector<uint8_t> input = seed;
      for (size_t changes = below(4); changes > 0; --changes) {
        input[below(input.size())] = static_cast<uint8_t>(random());
      }
      const auto& other = seeds[below(seeds.size())];  // append another script
      input.insert(input.end(), other.begin() + 1, other.end());
      LLVMFuzzerTestOneInput(input.data(), input.size());
    }
  }
}

TEST(FlowFuzz, HoldsOnItsCorpus) { ReplayFolder("tests/fuzz/corpus/flow_fuzz"); }

TEST(FlowFuzz, HoldsOnWhatOnceBrokeIt) {
  const std::filesystem::path folder = "tests/fuzz/regressions/flow";
  if (!std::filesystem::is_directory(folder)) GTEST_SKIP() << "nothing broke it yet";
  ReplayFolder(folder);
}

}  // namespace
}  // namespace tcpgauge
