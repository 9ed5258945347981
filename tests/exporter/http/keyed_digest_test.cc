// SPDX-License-Identifier: Apache-2.0
#include "exporter/http/keyed_digest.h"

#include <gtest/gtest.h>

namespace tcpgauge {
namespace {

TEST(KeyedDigest, DependsOnKeyAndText) {
  const auto key = RandomDigestKey(), other = RandomDigestKey();
  EXPECT_NE(key, other);
  EXPECT_EQ(KeyedDigest(key, "text"), KeyedDigest(key, "text"));
  EXPECT_NE(KeyedDigest(key, "text"), KeyedDigest(other, "text"));
  EXPECT_NE(KeyedDigest(key, "text"), KeyedDigest(key, "texu"));
}

// RFC 4231, test case 2. The key is padded with zeros, as HMAC itself would do.
TEST(KeyedDigest, IsHmacSha256) {
  std::array<uint8_t, 32> key{'J', 'e', 'f', 'e'};
  const auto digest = KeyedDigest(key, "what do ya want for nothing?");
  const uint8_t begin[] = {0x5b, 0xdc, 0xc1, 0x46, 0xbf, 0x60, 0x75, 0x4e};
  EXPECT_TRUE(std::equal(std::begin(begin), std::end(begin), digest.begin()));
}

}  // namespace
}  // namespace tcpgauge
