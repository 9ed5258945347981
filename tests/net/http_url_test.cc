// SPDX-License-Identifier: Apache-2.0
#include "src/net/http_url.h"

#include <gtest/gtest.h>

namespace tcpgauge {
namespace {

TEST(IsHttpUrl, WantsASchemeAndAHost) {
  for (const char* right : {"http://h", "https://h:4318/x?y#z", "HTTP://[::1]:80", "http://u:p@h/"}) {
    EXPECT_TRUE(IsHttpUrl(right)) << right;
  }
  for (const char* wrong : {"", "h:4318", "http:/h", "http://", "http:///x", "http://:80", "http://u@", "http://u@/x",
                            "ftp://h", "http://h/a b", "http://h/\n", "http://h/\xc3\xa9"}) {
    EXPECT_FALSE(IsHttpUrl(wrong)) << wrong;
  }
}

TEST(WithoutCredentials, LeavesUserAndPasswordOut) {
  EXPECT_EQ(WithoutCredentials("https://u:p@h:1/x@y"), "https://h:1/x@y");
  EXPECT_EQ(WithoutCredentials("http://u:p@q@h"), "http://h");
  EXPECT_EQ(WithoutCredentials("http://h/x?a=b@c"), "http://h/x?a=b@c");
}

}  // namespace
}  // namespace tcpgauge
