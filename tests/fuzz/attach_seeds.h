// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TESTS_FUZZ_ATTACH_SEEDS_H_
#define TCPGAUGE_TESTS_FUZZ_ATTACH_SEEDS_H_

#include <cstdint>
#include <vector>

namespace tcpgauge {

// Returns the inputs with which fuzzing of an attached view begins: answers of an agent, with and without
// encapsulations and connections, and histories, and small answers of hostile ones, with values of other types and out
// of range, names with control characters, members in another order, twice and unknown.
std::vector<std::vector<uint8_t>> AttachSeeds();

}  // namespace tcpgauge

#endif  // TCPGAUGE_TESTS_FUZZ_ATTACH_SEEDS_H_
