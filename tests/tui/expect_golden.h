// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TESTS_TUI_EXPECT_GOLDEN_H_
#define TCPGAUGE_TESTS_TUI_EXPECT_GOLDEN_H_

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

namespace tcpgauge {

inline std::string GoldenFolder() {
  const char* workspace = getenv("BUILD_WORKSPACE_DIRECTORY");  // set only by `bazel run`
  return std::string(workspace != nullptr ? workspace : ".") + "/tests/golden/tui/";
}

// Expects that `text` is what the file of that name holds. With TCPGAUGE_UPDATE_GOLDENS, writes the file instead.
inline void ExpectGolden(const std::string& name, const std::string& text) {
  const std::string path = GoldenFolder() + name + ".screen";
  if (getenv("TCPGAUGE_UPDATE_GOLDENS") != nullptr) {
    std::ofstream(path) << text;
    return;
  }
  std::ifstream file(path);
  std::stringstream golden;
  golden << file.rdbuf();
  EXPECT_EQ(golden.str(), text) << path;
}

}  // namespace tcpgauge

#endif  // TCPGAUGE_TESTS_TUI_EXPECT_GOLDEN_H_
