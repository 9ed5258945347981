// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TESTS_FUZZ_REPLAY_H_
#define TCPGAUGE_TESTS_FUZZ_REPLAY_H_

#include <cstdint>
#include <filesystem>
#include <vector>

namespace tcpgauge {

// Functions that give inputs to the fuzz target that the test links (LLVMFuzzerTestOneInput). A target that finds a
// fault ends the process.

// Gives each seed, and 5,000 random changes of each: bytes replaced, the end cut off, or a part of another seed
// appended. The changes are the same in every run. REQUIRES: no seed is empty.
void ReplayChanges(const std::vector<std::vector<uint8_t>>& seeds);

// Gives each file of `folder`.
void ReplayFolder(const std::filesystem::path& folder);

}  // namespace tcpgauge

#endif  // TCPGAUGE_TESTS_FUZZ_REPLAY_H_
