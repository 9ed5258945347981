// SPDX-License-Identifier: Apache-2.0
#include "src/base/gzip.h"

#include <gtest/gtest.h>

#include <random>

#include "tests/support/run_command.h"

namespace tcpgauge {
namespace {

TEST(Gzip, IsWhatGzipUndoes) {
  std::string random(100000, '\0');
  std::mt19937 generator(1);
  for (char& c : random) c = static_cast<char>(generator());
  for (const std::string& text : {std::string(), std::string("a"), std::string(1 << 20, 'x'), random}) {
    const CommandResult result = RunCommand("gzip -dc", Gzip(text));
    EXPECT_EQ(result.exit_status, 0) << result.output;
    EXPECT_TRUE(result.output == text);
  }
}

TEST(Gzip, MakesRepetitionSmall) { EXPECT_LT(Gzip(std::string(1 << 20, 'x')).size(), 10000u); }

}  // namespace
}  // namespace tcpgauge
