// SPDX-License-Identifier: Apache-2.0
#include "exporter/http/concurrency_limit.h"

#include <gtest/gtest.h>

#include <vector>

namespace tcpgauge {
namespace {

TEST(LimitConcurrency, CountsResponsesUntilTheyAreSent) {
  int calls = 0;
  const HttpHandler limited = LimitConcurrency(2, [&calls](const HttpRequest&) {
    ++calls;
    return HttpResponse();
  });
  std::vector<HttpResponse> being_sent(2);
  for (HttpResponse& response : being_sent) response = limited({});
  for (int i = 0; i < 3; ++i) {
    const HttpResponse refusal = limited({});
    EXPECT_EQ(refusal.status, 503);
    EXPECT_EQ(refusal.headers, (HttpFields{{"Retry-After", "1"}}));
  }
  EXPECT_EQ(calls, 2);
  being_sent.pop_back();
  EXPECT_EQ(limited({}).status, 200);
  EXPECT_EQ(calls, 3);
}

TEST(LimitConcurrency, ResponsesMayOutliveTheHandler) {
  HttpResponse response;
  {
    const HttpHandler limited = LimitConcurrency(1, [](const HttpRequest&) { return HttpResponse(); });
    response = limited({});
  }
  EXPECT_EQ(response.status, 200);
}

}  // namespace
}  // namespace tcpgauge
