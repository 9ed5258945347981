// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TESTS_FUZZ_WRITE_SEEDS_H_
#define TCPGAUGE_TESTS_FUZZ_WRITE_SEEDS_H_

#include <cstdint>
#include <vector>

namespace tcpgauge {

// The main function of a program that writes the seeds of a fuzz target as files into the folder argv[1], for
// libFuzzer. Returns the exit status. Errors are printed.
int WriteSeeds(int argc, char** argv, const std::vector<std::vector<uint8_t>>& seeds);

}  // namespace tcpgauge

#endif  // TCPGAUGE_TESTS_FUZZ_WRITE_SEEDS_H_
