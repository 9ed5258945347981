// SPDX-License-Identifier: Apache-2.0
#include "src/base/version.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "src/base/build_commit.h"

namespace tcpgauge {
namespace {

TEST(VersionText, NamesVersionCommitAndLibraries) {
  EXPECT_THAT(VersionText("0123abc", {{"libpcap", "1.10.3"}, {"ncurses", "6.4"}}),
              ::testing::MatchesRegex("tcpgauge [0-9]+\\.[0-9]+\\.[0-9]+ \\(commit 0123abc\\)\n"
                                      "  libpcap 1.10.3\n  ncurses 6.4\n  abseil [0-9]+\\.[0-9]+\n"));
}

TEST(BuildCommit, IsAHashOrUnknown) {
  EXPECT_THAT(BuildCommit(), ::testing::MatchesRegex("unknown|[0-9a-f]+(-dirty)?"));
}

}  // namespace
}  // namespace tcpgauge
