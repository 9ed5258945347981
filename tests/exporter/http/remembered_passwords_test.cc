// SPDX-License-Identifier: Apache-2.0
#include "exporter/http/remembered_passwords.h"

#include <gtest/gtest.h>

#include <string>

namespace tcpgauge {
namespace {

TEST(RememberedPasswords, KnowWhatWasAddedAndNoOtherPart) {
  RememberedPasswords remembered;
  EXPECT_FALSE(remembered.Contains("user", "password", "hash"));
  remembered.Add("user", "password", "hash");
  EXPECT_TRUE(remembered.Contains("user", "password", "hash"));
  EXPECT_FALSE(remembered.Contains("other", "password", "hash"));
  EXPECT_FALSE(remembered.Contains("user", "other", "hash"));
  EXPECT_FALSE(remembered.Contains("user", "password", "hasi"));
}

TEST(RememberedPasswords, AreBounded) {
  RememberedPasswords remembered;
  for (size_t i = 0; i < RememberedPasswords::kMaxRemembered; ++i) remembered.Add("user", std::to_string(i), "hash");
  EXPECT_TRUE(remembered.Contains("user", "0", "hash"));
  remembered.Add("user", "one more", "hash");
  EXPECT_FALSE(remembered.Contains("user", "0", "hash"));
  EXPECT_TRUE(remembered.Contains("user", "one more", "hash"));
}

}  // namespace
}  // namespace tcpgauge
