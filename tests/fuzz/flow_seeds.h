// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TESTS_FUZZ_FLOW_SEEDS_H_
#define TCPGAUGE_TESTS_FUZZ_FLOW_SEEDS_H_

#include <cstdint>
#include <vector>

namespace tcpgauge {

// The inputs with which fuzzing of the connection table begins: the ways in which connections begin, continue and end.
std::vector<std::vector<uint8_t>> FlowSeeds();

}  // namespace tcpgauge

#endif  // TCPGAUGE_TESTS_FUZZ_FLOW_SEEDS_H_
