// SPDX-License-Identifier: Apache-2.0
#include "src/kube/failure_message.h"

#include <gtest/gtest.h>

#include <string>

namespace tcpgauge {
namespace {

TEST(FailureMessage, IsThatOfAStatusObject) {
  EXPECT_EQ(FailureMessage(R"({"kind":"Status","metadata":{"message":"x"},"message":"pods is forbidden","code":403})"),
            "pods is forbidden");
  EXPECT_EQ(FailureMessage("{\"message\":\"" + std::string(5000, 'x') + "\"}").size(), kMaxFailureMessageBytes);
}

TEST(FailureMessage, IsTheBeginningOfAnyOtherBody) {
  for (const std::string body : {"", "not found", "{\"message\":", "{\"a\":1}", "{\"message\":7}", "[]"}) {
    EXPECT_EQ(FailureMessage(body), body);
  }
  EXPECT_EQ(FailureMessage(std::string(5000, '<')).size(), kMaxFailureMessageBytes);
}

}  // namespace
}  // namespace tcpgauge
