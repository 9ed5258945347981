// SPDX-License-Identifier: Apache-2.0
#include "src/capture/interface_name_rules.h"

#include <gtest/gtest.h>

namespace tcpgauge {
namespace {

TEST(CanNameInterface, TakesWhatTheKernelTakes) {
  for (const char* right :
       {"lo", "eth0", "abcdefghijklmno", "...", ".x", "a.b", "eth0.100", "wg-0", "a%d", "\xc3\xa9", "@"}) {
    EXPECT_TRUE(CanNameInterface(right)) << right;
  }
}

TEST(CanNameInterface, RefusesWhatTheKernelRefuses) {
  for (const char* wrong : {"", ".", "..", "abcdefghijklmnop", "a/b", "/", "/dev/eth0", "eth0:1", ":", "a b", " eth0",
                            "eth0 ", "a\tb", "a\nb", "a\vb", "a\fb", "a\rb", "\xc3\xa0"}) {
    EXPECT_FALSE(CanNameInterface(wrong)) << wrong;
  }
}

}  // namespace
}  // namespace tcpgauge
