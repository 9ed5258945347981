// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TESTS_FUZZ_DECODE_SEEDS_H_
#define TCPGAUGE_TESTS_FUZZ_DECODE_SEEDS_H_

#include <cstdint>
#include <vector>

namespace tcpgauge {

// Returns the inputs with which fuzzing of the decoder begins, in the format that decode_fuzz.cc describes. Together
// they contain, at least once, each link type, header and tunnel that the decoder knows. Some packets are complete,
// others are cut.
std::vector<std::vector<uint8_t>> DecodeSeeds();

}  // namespace tcpgauge

#endif  // TCPGAUGE_TESTS_FUZZ_DECODE_SEEDS_H_
