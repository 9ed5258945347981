// SPDX-License-Identifier: Apache-2.0
#include "src/capture/netfilter_device.h"

#include <errno.h>
#include <gtest/gtest.h>

namespace tcpgauge {
namespace {

using Groups = std::set<uint16_t>;

TEST(ParseNetfilterDevice, ReadsTheGroups) {
  const struct {
    const char* name;
    Groups groups;
  } kCases[] = {{"nflog", {0}},        {"nflog:", {0}},         {"nflog:0", {0}},  {"nflog:5", {5}},
                {"nflog:7,5", {5, 7}}, {"nflog:5,5", {5}},      {"nflog:5,", {5}}, {"nflog:0x10", {16}},
                {"nflog:010", {8}},    {"nflog:65535", {65535}}};
  for (const auto& c : kCases) {
    const auto device = ParseNetfilterDevice(c.name);
    ASSERT_TRUE(device.has_value()) << c.name;
    EXPECT_FALSE(device->is_queue) << c.name;
    EXPECT_EQ(device->groups, c.groups) << c.name;
  }
}

TEST(ParseNetfilterDevice, TellsQueuesFromLogs) {
  for (const char* name : {"nfqueue", "nfqueue:3", "nfqueue:1,2"}) {
    ASSERT_TRUE(ParseNetfilterDevice(name).has_value()) << name;
    EXPECT_TRUE(ParseNetfilterDevice(name)->is_queue) << name;
  }
  EXPECT_FALSE(ParseNetfilterDevice("nflog:3") == ParseNetfilterDevice("nfqueue:3"));
}

TEST(ParseNetfilterDevice, RefusesOtherNames) {
  for (const char* name : {"", "eth0", "any", "nflo", "nflog0", "nfqueues", "nflog:x", "nflog:5x", "nflog:-1",
                           "nflog:65536", "nflog:99999999999999999999", "NFLOG", "usbmon0", "dbus-system"}) {
    EXPECT_FALSE(ParseNetfilterDevice(name).has_value()) << name;
  }
}

TEST(FoundNoPackets, TellsAPauseFromTheEnd) {
  for (const int pause : {EAGAIN, EWOULDBLOCK, EINTR, ENOBUFS}) EXPECT_TRUE(FoundNoPackets(pause)) << pause;
  for (const int end : {0, EBADF, ENODEV, ENETDOWN, ENOMEM, ENOTCONN, ECONNREFUSED, EPERM}) {
    EXPECT_FALSE(FoundNoPackets(end)) << end;
  }
}

}  // namespace
}  // namespace tcpgauge
