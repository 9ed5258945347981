// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/replay.h"

#include <cstddef>
#include <fstream>
#include <iterator>
#include <random>

#include "gtest/gtest.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace tcpgauge {

void ReplayChanges(const std::vector<std::vector<uint8_t>>& seeds) {
  std::mt19937 random(1);
  const auto below = [&random](size_t bound) { return static_cast<size_t>(random() % bound); };
  for (const auto& seed : seeds) {
    LLVMFuzzerTestOneInput(seed.data(), seed.size());
    for (int i = 0; i < 5000; ++i) {
      std::vector<uint8_t> input = seed;
      for (size_t changes = 1 + below(4); changes > 0; --changes) {
        input[below(input.size())] = static_cast<uint8_t>(random());
      }
      if (below(4) == 0) input.resize(1 + below(input.size()));
      if (below(8) == 0) {  // continue with a part of another seed
        const auto& other = seeds[below(seeds.size())];
        const size_t at = below(input.size());
        input.resize(at);
        input.insert(input.end(), other.begin() + static_cast<ptrdiff_t>(below(other.size())), other.end());
      }
      LLVMFuzzerTestOneInput(input.data(), input.size());
    }
  }
}

void ReplayFolder(const std::filesystem::path& folder) {
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    SCOPED_TRACE(entry.path());
    std::ifstream file(entry.path(), std::ios::binary);
    const std::vector<char> bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size());
  }
}

}  // namespace tcpgauge
