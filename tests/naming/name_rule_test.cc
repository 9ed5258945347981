// SPDX-License-Identifier: Apache-2.0
#include "src/naming/name_rule.h"

#include <gtest/gtest.h>

#include <string>

namespace tcpgauge {
namespace {

TEST(IsName, AcceptsNamesOfPodsContainersAndUnits) {
  for (const char* name : {"web-7d4b9c-x2x1z", "coredns", "postgresql@15-main.service", "kube-proxy", "a", "A_b:1.2"}) {
    EXPECT_TRUE(IsName(name)) << name;
  }
}

TEST(IsName, RefusesAllOtherCharacters) {
  for (int c = 0; c < 256; ++c) {
    const bool is_allowed = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' ||
                            c == '_' || c == ':' || c == '@' || c == '-';
    EXPECT_EQ(IsName(std::string("a") + static_cast<char>(c)), is_allowed) << c;
  }
}

TEST(IsName, BoundsTheLength) {
  EXPECT_FALSE(IsName(""));
  EXPECT_TRUE(IsName(std::string(253, 'a')));
  EXPECT_FALSE(IsName(std::string(254, 'a')));
}

}  // namespace
}  // namespace tcpgauge
