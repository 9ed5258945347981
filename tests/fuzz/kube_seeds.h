// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TESTS_FUZZ_KUBE_SEEDS_H_
#define TCPGAUGE_TESTS_FUZZ_KUBE_SEEDS_H_

#include <cstdint>
#include <vector>

namespace tcpgauge {

// Returns the inputs with which fuzzing of the client of the Kubernetes API begins: lists and watches of each kind of
// object, with values of other types, names that are none, lines that are too long, bookmarks and errors.
std::vector<std::vector<uint8_t>> KubeSeeds();

}  // namespace tcpgauge

#endif  // TCPGAUGE_TESTS_FUZZ_KUBE_SEEDS_H_
