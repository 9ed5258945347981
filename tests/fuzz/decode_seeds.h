// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TESTS_FUZZ_DECODE_SEEDS_H_
#define TCPGAUGE_TESTS_FUZZ_DECODE_SEEDS_H_

#include <cstdint>
#include <vector>

namespace tcpgauge {

// The inputs with which fuzzing of the decoder begins: each layer, link type and kind of length at least once.
std::vector<std::vector<uint8_t>> DecodeSeeds();

}  // namespace tcpgauge

#endif  // TCPGAUGE_TESTS_FUZZ_DECODE_SEEDS_H_
