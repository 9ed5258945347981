// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TESTS_FUZZ_WEB_CONFIG_SEEDS_H_
#define TCPGAUGE_TESTS_FUZZ_WEB_CONFIG_SEEDS_H_

#include <cstdint>
#include <vector>

namespace tcpgauge {

// Returns the files with which fuzzing of the web configuration begins. Together they have each key, each value of a
// choice, and each form of YAML that a file may use: blocks and flows, quotes, anchors, tags and documents.
std::vector<std::vector<uint8_t>> WebConfigSeeds();

}  // namespace tcpgauge

#endif  // TCPGAUGE_TESTS_FUZZ_WEB_CONFIG_SEEDS_H_
