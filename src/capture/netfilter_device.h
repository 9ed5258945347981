// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_CAPTURE_NETFILTER_DEVICE_H_
#define TCPGAUGE_SRC_CAPTURE_NETFILTER_DEVICE_H_

#include <cstdint>
#include <optional>
#include <set>
#include <string>

#include "absl/status/status.h"

namespace tcpgauge {

// A device of netfilter, from which libpcap can capture. The device is not a network interface: rules choose the
// packets, and libpcap reads them from a netlink socket. A plain value.
struct NetfilterDevice {
  // True: nfqueue. The kernel holds each packet back until the reader answers. False: nflog. The reader gets copies.
  bool is_queue = false;
  std::set<uint16_t> groups;

  friend bool operator==(const NetfilterDevice& a, const NetfilterDevice& b) {
    return a.is_queue == b.is_queue && a.groups == b.groups;
  }
};

// The most groups that libpcap takes in one name, repeated ones included.
constexpr int kMaxNetfilterGroups = 32;

// Returns the device that `name` means to libpcap: "nflog" or "nfqueue", alone or with groups as in "nflog:5,7".
// Without groups, libpcap uses group 0. A group is a number from 0 to 65535, and a name has at most
// kMaxNetfilterGroups. Nullopt for any other name. Thread: any.
std::optional<NetfilterDevice> ParseNetfilterDevice(const std::string& name);

// Returns whether libpcap takes `name` for a device of netfilter: "nflog" or "nfqueue", alone or before a colon. If so,
// and ParseNetfilterDevice() returns nullopt, the groups are wrong. Thread: any.
bool IsNetfilterName(const std::string& name);

// Returns an error if `name` is a device of netfilter from which the agent cannot capture. Thread: any. Errors:
// kInvalidArgument when the groups are wrong, or the device is a queue.
absl::Status CheckNetfilterName(const std::string& name);

// Whether `error_number`, the errno of a failed read of libpcap, only means that no packet could be read now, or that
// the kernel's buffer was full. On a netfilter device, libpcap reports both as an error. Thread: any.
bool FoundNoPackets(int error_number);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_CAPTURE_NETFILTER_DEVICE_H_
