// SPDX-License-Identifier: Apache-2.0
#include "exporter/http/http_message.h"

#include <gtest/gtest.h>

namespace tcpgauge {
namespace {

TEST(HttpRequest, FindsHeadersInAnyCase) {
  HttpRequest request;
  request.headers = {{"Accept-Encoding", "gzip"}};
  EXPECT_EQ(request.Header("accept-ENCODING"), "gzip");
  EXPECT_EQ(request.Header("Accept"), std::nullopt);
}

TEST(HttpRequest, JoinsHeadersThatRepeat) {
  HttpRequest request;
  request.headers = {{"Accept", "text/plain"}, {"Host", "x"}, {"accept", "text/html"}};
  EXPECT_EQ(request.Header("Accept"), "text/plain, text/html");
}

TEST(HttpRequest, TakesTheFirstQueryParameterOfAName) {
  HttpRequest request;
  request.query = {{"limit", "5"}, {"limit", "6"}, {"empty", ""}};
  EXPECT_EQ(request.QueryParameter("limit"), "5");
  EXPECT_EQ(request.QueryParameter("empty"), "");
  EXPECT_EQ(request.QueryParameter("Limit"), std::nullopt);
}

}  // namespace
}  // namespace tcpgauge
