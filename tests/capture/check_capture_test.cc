// SPDX-License-Identifier: Apache-2.0
#include "src/capture/check_capture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace tcpgauge {
namespace {

using testing::HasSubstr;

std::string Error(const std::vector<std::string>& names, const std::string& filter) {
  const absl::Status status = CheckCapture(names, filter);
  EXPECT_TRUE(status.ok() || absl::IsInvalidArgument(status)) << status;
  return std::string(status.message());
}

TEST(CheckCapture, AcceptsInterfacesThatAreNotThere) {
  EXPECT_EQ(Error({}, ""), "");
  EXPECT_EQ(Error({"nosuch0", "nosuch1"}, "tcp port 443"), "");
  EXPECT_EQ(Error({"any"}, "port 80"), "");
  EXPECT_EQ(Error({"nflog:5,6"}, ""), "");
}

TEST(CheckCapture, NamesAWrongFilter) {
  for (const char* wrong : {"prt 80", "tcp port", "host 300.1.1.1", "(tcp"}) {
    EXPECT_THAT(Error({"nosuch0"}, wrong), HasSubstr(std::string("filter '") + wrong + "'"));
    EXPECT_THAT(Error({}, wrong), HasSubstr(std::string("filter '") + wrong + "'"));
  }
}

// libpcap knows link addresses only on Ethernet, and tests no address of packets that netfilter logged.
TEST(CheckCapture, CompilesTheFilterForTheKindOfEachInterface) {
  EXPECT_EQ(Error({"nosuch0"}, "ether host 02:00:00:00:00:01"), "");
  EXPECT_THAT(Error({"any"}, "ether host 02:00:00:00:00:01"), HasSubstr("filter 'ether"));
  EXPECT_THAT(Error({"nflog", "nosuch0"}, "host 192.0.2.1"), HasSubstr("NFLOG"));
  EXPECT_EQ(Error({"nosuch0"}, "inbound and ifindex 2"), "");
  EXPECT_EQ(Error({"any"}, "inbound and ifindex 2"), "");
  EXPECT_THAT(Error({"nosuch0", "nflog:5"}, "not outbound"), HasSubstr("only the kernel can answer 'outbound'"));
}

TEST(CheckCapture, RefusesNamesThatNoInterfaceCanHave) {
  EXPECT_THAT(Error({"nosuch0", " eth0"}, ""), HasSubstr("no interface can be called ' eth0'"));
  EXPECT_THAT(Error({"abcdefghijklmnop"}, ""), HasSubstr("at most 15 bytes"));
  EXPECT_THAT(Error({"nflog:65536"}, ""), HasSubstr("use nflog:GROUP"));
  EXPECT_THAT(Error({"nfqueue"}, ""), HasSubstr("holds each packet back"));
  EXPECT_THAT(Error({"any", "nosuch0"}, ""), HasSubstr("-i any captures every interface"));
}

}  // namespace
}  // namespace tcpgauge
