// SPDX-License-Identifier: Apache-2.0
#include "src/options/help_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <regex>
#include <set>
#include <sstream>
#include <string>

#include "src/options/option_table.h"

namespace tcpgauge {
namespace {

std::string ReadFile(const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST(HelpText, IsTheGoldenFile) {
  EXPECT_EQ(HelpText(), ReadFile("tests/golden/help.txt"))
      << "if this is meant, let tests/golden/help.txt hold what `tcpgauge --help` prints";
}

TEST(HelpText, FitsEightyColumns) {
  std::istringstream text(HelpText());
  for (std::string line; std::getline(text, line);) EXPECT_LE(line.size(), 80u) << line;
}

TEST(HelpText, NamesEveryOption) {
  for (const OptionSpec& spec : OptionTable()) {
    EXPECT_THAT(HelpText(), ::testing::HasSubstr(std::string("--") + spec.long_name));
  }
}

// The rows of the table start with the option in backquotes: | `-i, --interface NAME` | ...
TEST(HelpText, NamesTheSameOptionsAsTheDocument) {
  std::set<std::string> in_document;
  std::istringstream document(ReadFile("docs/options.md"));
  const std::regex row("^\\| `(-[A-Za-z], )?--([a-z.-]+)[^`]*` \\|.*");
  for (std::string line; std::getline(document, line);) {
    std::smatch match;
    if (std::regex_match(line, match, row)) in_document.insert(match[2]);
  }
  std::set<std::string> in_table;
  for (const OptionSpec& spec : OptionTable()) in_table.insert(spec.long_name);
  EXPECT_EQ(in_document, in_table);
}

}  // namespace
}  // namespace tcpgauge
