// SPDX-License-Identifier: Apache-2.0
#include "src/base/uuid.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tcpgauge {
namespace {

TEST(RandomUuid, IsOfVersionFourAndAnotherEachTime) {
  EXPECT_THAT(RandomUuid(),
              testing::MatchesRegex("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"));
  EXPECT_NE(RandomUuid(), RandomUuid());
}

// The example of RFC 9562, appendix A.4.
TEST(NamedUuid, IsThatOfTheRfc) {
  const Uuid dns = {0x6b, 0xa7, 0xb8, 0x10, 0x9d, 0xad, 0x11, 0xd1, 0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8};
  EXPECT_EQ(NamedUuid(dns, "www.example.com"), "2ed6657d-e927-568b-95e1-2665a8aea6a2");
}

}  // namespace
}  // namespace tcpgauge
