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
  EXPECT_EQ(WithoutCredentials("https://[::1]:80/x@y"), "https://[::1]:80/x@y");
  EXPECT_EQ(WithoutCredentials("http://[::1]/x@y"), "http://[::1]/x@y");
  EXPECT_EQ(WithoutCredentials("/x@y"), "/x@y");
  EXPECT_EQ(WithoutCredentials("//u:secret@h/x"), "//h/x");
}

TEST(WithoutCredentials, OfAMistypedUrlToo) {
  for (const char* url :
       {"ftp://u:secret@h", "htp://u:secret@h", "unix+http://u:secret@h", "http:/u:secret@h", "http:u:secret@h",
        "https//u:secret@h", "u:secret@h:4318/x", "://u:secret@h", "http:///u:secret@h", "http://u:secret/2@h",
        "http://u:secret?2@h", "http://u:1#secret@h", " http://u:secret@h"}) {
    EXPECT_EQ(WithoutCredentials(url).find("secret"), std::string::npos) << url << " -> " << WithoutCredentials(url);
    EXPECT_NE(WithoutCredentials(url).find('h'), std::string::npos) << url;
  }
}

}  // namespace
}  // namespace tcpgauge
