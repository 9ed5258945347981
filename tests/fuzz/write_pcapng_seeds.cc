// SPDX-License-Identifier: Apache-2.0
// Writes the seeds of the readers of capture files as files into a folder, for libFuzzer.
#include <cstdio>
#include <fstream>
#include <string>

#include "tests/fuzz/pcapng_seeds.h"

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
    return 2;
  }
  int number = 0;
  for (const auto& seed : tcpgauge::PcapngSeeds()) {
    std::ofstream file(std::string(argv[1]) + "/seed_" + std::to_string(number++), std::ios::binary);
    file.write(reinterpret_cast<const char*>(seed.data()), static_cast<std::streamsize>(seed.size()));
    if (!file) {
      std::perror(argv[1]);
      return 1;
    }
  }
  return 0;
}
