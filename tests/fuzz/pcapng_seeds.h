// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TESTS_FUZZ_PCAPNG_SEEDS_H_
#define TCPGAUGE_TESTS_FUZZ_PCAPNG_SEEDS_H_

#include <cstdint>
#include <vector>

namespace tcpgauge {

// Returns the files with which fuzzing of the readers of capture files begins. Some are pcapng files with two
// sections, in each combination of byte orders. They contain each kind of block and option that the pcapng reader
// knows. The others are classic pcap files with each magic number, in both byte orders and with minor versions 2 to 4.
std::vector<std::vector<uint8_t>> PcapngSeeds();

}  // namespace tcpgauge

#endif  // TCPGAUGE_TESTS_FUZZ_PCAPNG_SEEDS_H_
