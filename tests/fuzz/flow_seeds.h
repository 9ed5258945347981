// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TESTS_FUZZ_FLOW_SEEDS_H_
#define TCPGAUGE_TESTS_FUZZ_FLOW_SEEDS_H_

#include <cstdint>
#include <vector>

namespace tcpgauge {

// Returns the inputs with which fuzzing of the connection table begins, in the format that flow_fuzz.cc describes. Each
// is a short scenario of how connections begin, continue or end.
std::vector<std::vector<uint8_t>> FlowSeeds();

}  // namespace tcpgauge

#endif  // TCPGAUGE_TESTS_FUZZ_FLOW_SEEDS_H_
