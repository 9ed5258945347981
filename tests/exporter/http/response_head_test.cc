// SPDX-License-Identifier: Apache-2.0
#include "exporter/http/response_head.h"

#include <gtest/gtest.h>

namespace tcpgauge {
namespace {

TEST(ResponseHead, IsAStatusLineAndHeaders) {
  HttpResponse response;
  response.status = 404;
  response.content_type = "text/plain";
  response.headers = {{"Vary", "Accept"}};
  EXPECT_EQ(ResponseHead(response, 12, AfterResponse::kStaysOpen, absl::FromUnixSeconds(784111777)),
            "HTTP/1.1 404 Not Found\r\n"
            "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
            "Content-Type: text/plain\r\n"
            "Vary: Accept\r\n"
            "Content-Length: 12\r\n\r\n");
}

TEST(ResponseHead, SaysWhatBecomesOfTheConnection) {
  const HttpResponse response;
  const auto head = [&](AfterResponse after) { return ResponseHead(response, 0, after, absl::UnixEpoch()); };
  EXPECT_EQ(head(AfterResponse::kStaysOpen).find("Connection"), std::string::npos);
  EXPECT_NE(head(AfterResponse::kStaysOpenByRequest).find("\r\nConnection: keep-alive\r\n"), std::string::npos);
  EXPECT_NE(head(AfterResponse::kCloses).find("\r\nConnection: close\r\n"), std::string::npos);
}

}  // namespace
}  // namespace tcpgauge
