// SPDX-License-Identifier: Apache-2.0
// Replays inputs of the fuzz target of the web configuration: the seeds, small changes of them, what yaml-cpp is known
// to take badly, and inputs that once failed.
#include <string>

#include "gtest/gtest.h"
#include "tests/fuzz/replay.h"
#include "tests/fuzz/web_config_seeds.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace tcpgauge {
namespace {

void Give(const std::string& text) {
  LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t*>(text.data()), text.size());
}

std::string Repeat(const std::string& text, int times) {
  std::string repeated;
  for (int i = 0; i < times; ++i) repeated += text;
  return repeated;
}

TEST(WebConfigFuzz, HoldsOnSeedsAndTheirMutations) { ReplayChanges(WebConfigSeeds()); }

TEST(WebConfigFuzz, HoldsOnDeepAndLongTexts) {
  for (const std::string unit :
       {"[",   "{",     "- ",    "? ", ": ", "[{",  "{[",    "{a: ", "[a, ",    "&a ",     "!", "!a ",
        "*a ", "\"",    "'",     "|",  ">",  "a: ", "a:\n ", "-\n",  "a: b\n",  "- a\n",   ",", "#",
        "%",   "---\n", "...\n", "\n", "\t", "\\",  "`",     "@",    "{a: b},", "[*a,*a],"}) {
    Give(Repeat(unit, 20000));
    Give("basic_auth_users: " + Repeat(unit, 20000));
    Give("tls_server_config:\n  cipher_suites: [" + Repeat(unit, 20000));
  }
  std::string nested = "a: b";
  for (int depth = 0; depth < 300; ++depth) nested = std::string(static_cast<size_t>(depth), ' ') + "a:\n" + nested;
  Give(nested);
}

// Each alias doubles what the one before it stands for.
TEST(WebConfigFuzz, HoldsOnAliasesOfAliases) {
  std::string bomb = "basic_auth_users:\n  a0: &a0 x\n";
  for (int i = 1; i < 60; ++i) {
    const std::string before = "*a" + std::to_string(i - 1);
    bomb += "  a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + before + ", " + before + "]\n";
  }
  Give(bomb);
  Give("tls_server_config: &a\n  cipher_suites: *a\n");
  Give("tls_server_config:\n  cipher_suites: &a [*a]\n");
}

}  // namespace
}  // namespace tcpgauge
