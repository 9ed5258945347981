// SPDX-License-Identifier: Apache-2.0
#include "src/capture/netfilter_device.h"

#include <errno.h>
#include <gtest/gtest.h>

#include <string>

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

TEST(ParseNetfilterDevice, TakesAsManyGroupsAsLibpcap) {
  std::string name = "nflog:0";
  for (int i = 1; i < kMaxNetfilterGroups; ++i) name += "," + std::to_string(i);
  EXPECT_EQ(ParseNetfilterDevice(name)->groups.size(), 32u);
  EXPECT_FALSE(ParseNetfilterDevice(name + ",5").has_value());
}

TEST(IsNetfilterName, TellsWrongGroupsFromOtherNames) {
  for (const char* name :
       {"nflog", "nfqueue", "nflog:", "nflog:5", "nflog:99999", "nflog:-1", "nflog:x", "nflog:1:2", "nfqueue:70000"}) {
    EXPECT_TRUE(IsNetfilterName(name)) << name;
  }
  for (const char* name : {"", "nflog0", "nfqueues", "nflo", "NFLOG:5", "eth0", "any", ":5"}) {
    EXPECT_FALSE(IsNetfilterName(name)) << name;
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
