// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TESTS_FUZZ_REQUEST_HEAD_SEEDS_H_
#define TCPGAUGE_TESTS_FUZZ_REQUEST_HEAD_SEEDS_H_

#include <cstdint>
#include <vector>

namespace tcpgauge {

// Returns the inputs with which fuzzing of the head of a request begins: valid heads of each form, and heads with the
// errors that requests are smuggled with.
std::vector<std::vector<uint8_t>> RequestHeadSeeds();

}  // namespace tcpgauge

#endif  // TCPGAUGE_TESTS_FUZZ_REQUEST_HEAD_SEEDS_H_
