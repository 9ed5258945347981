// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_CAPTURE_INTERFACE_LIST_H_
#define TCPGAUGE_SRC_CAPTURE_INTERFACE_LIST_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace tcpgauge {

// An interface as libpcap describes it.
struct InterfaceDescription {
  std::string name;
  std::string description;             // may be empty
  std::vector<std::string> addresses;  // IPv4 and IPv6, as text
  bool up = false;
  bool loopback = false;
};

// Thread: any may call these functions.

// The interfaces on which libpcap can capture, in its order of preference. kUnavailable when they cannot be listed.
absl::StatusOr<std::vector<InterfaceDescription>> ListInterfaces();

// The name of the first interface that is up, has an address, and is neither loopback nor `any`. kNotFound if there is
// no such interface.
absl::StatusOr<std::string> DefaultInterface();

// The names of all interfaces on which libpcap can capture, separated by commas, for an error message. Empty when they
// cannot be listed.
std::string NamesOfInterfaces();

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_CAPTURE_INTERFACE_LIST_H_
