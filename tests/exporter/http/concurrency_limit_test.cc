// SPDX-License-Identifier: Apache-2.0
#include "exporter/http/concurrency_limit.h"

#include <gtest/gtest.h>

#include <vector>

namespace tcpgauge {
namespace {

TEST(ConcurrencyLimit, CountsResponsesUntilTheyAreSent) {
  int calls = 0;
  const ConcurrencyLimit limit(2);
  const auto make = [&calls] {
    ++calls;
    return HttpResponse();
  };
  std::vector<HttpResponse> being_sent(2);
  for (HttpResponse& response : being_sent) response = limit.Answer(make);
  for (int i = 0; i < 3; ++i) {
    const HttpResponse refusal = limit.Answer(make);
    EXPECT_EQ(refusal.status, 503);
    EXPECT_EQ(refusal.headers, (HttpFields{{"Retry-After", "1"}}));
  }
  EXPECT_EQ(calls, 2);
  being_sent.pop_back();
  EXPECT_EQ(limit.Answer(make).status, 200);
  EXPECT_EQ(calls, 3);
}

TEST(ConcurrencyLimit, ResponsesMayOutliveIt) {
  HttpResponse response = ConcurrencyLimit(1).Answer([] { return HttpResponse(); });
  EXPECT_EQ(response.status, 200);
}

}  // namespace
}  // namespace tcpgauge
