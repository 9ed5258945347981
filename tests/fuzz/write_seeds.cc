// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/write_seeds.h"

#include <cstdio>
#include <fstream>
#include <string>

namespace tcpgauge {

int WriteSeeds(int argc, char** argv, const std::vector<std::vector<uint8_t>>& seeds) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
    return 2;
  }
  int number = 0;
  for (const auto& seed : seeds) {
    std::ofstream file(std::string(argv[1]) + "/seed_" + std::to_string(number++), std::ios::binary);
    file.write(reinterpret_cast<const char*>(seed.data()), static_cast<std::streamsize>(seed.size()));
    if (!file) {
      std::perror(argv[1]);
      return 1;
    }
  }
  return 0;
}

}  // namespace tcpgauge
